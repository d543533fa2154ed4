import type { Endpoint } from './endpoint.ts';

/** Seals text for one field of one record of one tenant; it opens nowhere else. */
export interface SecretSealer {
  sealFor(tenantId: string, recordId: string, field: string, plain: string): Promise<string>;
}

export interface SecretOpener {
  openFor(tenantId: string, recordId: string, field: string, sealed: string): Promise<string>;
}

export interface EndpointSecrets {
  readonly signingSecret: string;
  /** The Basic password or the Lakeside secret. */
  readonly authSecret?: string;
}

const signingField = 'signingSecret';
const authField = 'authSecret';

/** The sealed fields of an endpoint's row. */
export async function sealSecrets(
  sealer: SecretSealer,
  { tenantId, id }: Pick<Endpoint, 'tenantId' | 'id'>,
  { signingSecret, authSecret }: EndpointSecrets,
): Promise<Pick<Endpoint, 'sealedSigningSecret' | 'sealedAuthSecret'>> {
  const sealedSigningSecret = await sealer.sealFor(tenantId, id, signingField, signingSecret);
  if (authSecret === undefined) return { sealedSigningSecret };
  const sealedAuthSecret = await sealer.sealFor(tenantId, id, authField, authSecret);
  return { sealedSigningSecret, sealedAuthSecret };
}

/** What the endpoint's row keeps sealed; for signing only, never to be stored, shown or logged. */
export async function openSecrets(
  opener: SecretOpener,
  endpoint: Endpoint,
): Promise<EndpointSecrets> {
  const { tenantId, id, sealedSigningSecret, sealedAuthSecret } = endpoint;
  const signingSecret = await opener.openFor(tenantId, id, signingField, sealedSigningSecret);
  if (sealedAuthSecret === undefined) return { signingSecret };
  const authSecret = await opener.openFor(tenantId, id, authField, sealedAuthSecret);
  return { signingSecret, authSecret };
}
