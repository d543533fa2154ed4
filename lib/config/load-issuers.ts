import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { IssuerRules, SettingsIssuer } from '../core/identity/issuer.ts';
import { ConfigError } from './config-error.ts';
import { issuerSchema } from './issuer-schema.ts';
import { describeJsonMistake, jsonMistake } from './json-mistake.ts';

export interface LoadIssuersOptions {
  /** Where a relative path starts. */
  readonly directory: string;
  /** Says what is wrong with the issuer at this place of the list. */
  readonly issuerMistakes: (
    issuers: readonly IssuerRules[],
    index: number,
  ) => readonly { readonly field: string; readonly what: string }[];
}

const title = 'The setting SLUICE_ISSUERS has mistakes';
type IssuerEntry = z.infer<typeof issuerSchema>;

/**
 * Reads SLUICE_ISSUERS whole: a JSON list, or the path of a file with one; absent: nobody signs in.
 * Throws a ConfigError with every mistake and its place.
 */
export function loadIssuers(
  value: string | undefined,
  { directory, issuerMistakes }: LoadIssuersOptions,
): readonly SettingsIssuer[] {
  if (value === undefined) return [];
  const parsed = z
    .array(issuerSchema)
    .safeParse(parseJson(textOf(value, directory), isList(value) ? 'SLUICE_ISSUERS' : value));
  const mistakes = parsed.success
    ? entriesMistakes(parsed.data, issuerMistakes)
    : parsed.error.issues.flatMap(linesOf);
  if (mistakes.length > 0 || !parsed.success) throw new ConfigError(title, { mistakes });
  return parsed.data.map(toIssuer);
}

function textOf(value: string, directory: string): string {
  if (isList(value)) return value;
  try {
    return readFileSync(resolve(directory, value), 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const mistakes = [`${value}: ${why}; give a JSON list, or the path of a file with one`];
    throw new ConfigError(title, { mistakes, cause: error });
  }
}

/** Anything else is the path of a file. */
function isList(value: string): boolean {
  return value.trimStart().startsWith('[');
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const mistake = jsonMistake(text);
    const mistakes = mistake === undefined ? [] : [describeJsonMistake(name, mistake)];
    throw new ConfigError(title, { mistakes, cause: error });
  }
}

/** Each unknown field is a mistake of its own, with its own place. */
function linesOf(issue: z.core.$ZodIssue): string[] {
  const place = `/${issue.path.join('/')}`;
  if (issue.code !== 'unrecognized_keys') return [`${place}: ${issue.message}`];
  return issue.keys.map((key) => `${place}/${key}: there is no such field`);
}

function entriesMistakes(
  entries: readonly IssuerEntry[],
  issuerMistakes: LoadIssuersOptions['issuerMistakes'],
): readonly string[] {
  const rules = entries.map((entry) => toIssuer(entry).rules);
  return entries.flatMap((_, index) =>
    issuerMistakes(rules, index).map(({ field, what }) => `/${index}/${field}: ${what}`),
  );
}

function toIssuer({ tenantId, tenantClaim, ...rules }: IssuerEntry): SettingsIssuer {
  // The schema lets exactly one of the two through.
  return tenantId === undefined
    ? { rules, tenant: { kind: 'claim', claim: tenantClaim ?? '' } }
    : { rules, tenant: { kind: 'one', tenantId } };
}
