import type { IssuerRules } from './issuer.ts';
import { type ProviderUrlOptions, providerUrlMistake } from './provider-url.ts';

export interface IssuerMistake {
  readonly field: keyof IssuerRules;
  /** Goes on after the field's name or "This": `must be …`. */
  readonly what: string;
}

/** What is wrong with one of several issuers: with its addresses, its name, or as a whole. */
export function issuerMistakes(
  issuers: readonly IssuerRules[],
  index: number,
  options: ProviderUrlOptions,
): readonly IssuerMistake[] {
  const rules = issuers[index];
  if (rules === undefined) return [];
  const { issuer, jwksUri } = rules;
  const isTwice = issuers.slice(0, index).some((other) => other.issuer === issuer);
  const found: readonly (readonly [keyof IssuerRules, string | undefined])[] = [
    ['issuer', providerUrlMistake(issuer, options)],
    ['jwksUri', jwksUri === undefined ? undefined : providerUrlMistake(jwksUri, options)],
    ['issuer', isTwice ? 'is there twice' : undefined],
    [
      'authorizedParties',
      isTooOpen(rules)
        ? 'is needed, or requiredClaims, where the type of a token does not say what it is for'
        : undefined,
    ],
  ];
  return found.flatMap(([field, what]) => (what === undefined ? [] : [{ field, what }]));
}

/** Where the type of a token does not say what it is for, its client or another claim must. */
function isTooOpen({
  requiredType,
  audienceClaim,
  authorizedParties,
  requiredClaims,
}: IssuerRules): boolean {
  if (requiredType === 'at+jwt' && audienceClaim === undefined) return false;
  return authorizedParties === undefined && Object.keys(requiredClaims).length === 0;
}
