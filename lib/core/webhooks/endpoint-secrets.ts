import type { Endpoint } from './endpoint.ts';

/** Seals text for one field of one record of one tenant; it opens nowhere else. */
export interface SecretSealer {
  sealFor(tenantId: string, recordId: string, field: string, plain: string): Promise<string>;
}

export interface SecretOpener {
  openFor(tenantId: string, recordId: string, field: string, sealed: string): Promise<string>;
}

/** For signing only, never to be stored, shown or logged. */
export interface EndpointSecrets {
  /** Two while a secret is being changed, in the order that the owner chose. */
  readonly signingSecrets: readonly string[];
  /** The secret of the endpoint's authentication. */
  readonly authSecret?: string;
}

type Place = Pick<Endpoint, 'tenantId' | 'id'>;

const signingField = 'signingSecret';
const authField = 'authSecret';

export function sealSigningSecret(
  sealer: SecretSealer,
  { tenantId, id }: Place,
  secret: string,
): Promise<string> {
  return sealer.sealFor(tenantId, id, signingField, secret);
}

/** Undefined for an authentication that has no secret. */
export async function sealAuthSecret(
  sealer: SecretSealer,
  { tenantId, id }: Place,
  secret: string | undefined,
): Promise<string | undefined> {
  return secret === undefined ? undefined : sealer.sealFor(tenantId, id, authField, secret);
}

/** What the endpoint's row keeps sealed and what is in force at this moment. */
export async function openSecrets(
  opener: SecretOpener,
  endpoint: Endpoint,
  at: Date,
): Promise<EndpointSecrets> {
  const newestFirst = [endpoint.sealedSigningSecret, ...previousSecret(endpoint, at)];
  const sealed = endpoint.signFirst === 'previous' ? newestFirst.reverse() : newestFirst;
  const { tenantId, id } = endpoint;
  const signingSecrets = await Promise.all(
    sealed.map((text) => opener.openFor(tenantId, id, signingField, text)),
  );
  const authSecret = await openAuthSecret(opener, endpoint);
  return { signingSecrets, ...(authSecret === undefined ? {} : { authSecret }) };
}

export async function openAuthSecret(
  opener: SecretOpener,
  { tenantId, id, sealedAuthSecret }: Endpoint,
): Promise<string | undefined> {
  if (sealedAuthSecret === undefined) return undefined;
  return opener.openFor(tenantId, id, authField, sealedAuthSecret);
}

function previousSecret(endpoint: Endpoint, at: Date): readonly string[] {
  const { sealedPreviousSecret, previousSecretUntil } = endpoint;
  if (sealedPreviousSecret === undefined || previousSecretUntil === undefined) return [];
  return at < previousSecretUntil ? [sealedPreviousSecret] : [];
}
