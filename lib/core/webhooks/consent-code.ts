import { timingSafeEqual } from 'node:crypto';
import { randomId } from '../ids.ts';
import type { Endpoint } from './endpoint.ts';
import type { SecretOpener, SecretSealer } from './endpoint-secrets.ts';

/**
 * One code for each address: who has it has read what arrives there. The receiver gives it back by
 * itself, as a challenge, or its owner reads it there and confirms it. 160 random bits, never shown by
 * any interface; it ends with the address, or with the proof.
 */
export function newConsentCode(): string {
  return randomId(32);
}

const field = 'consentCode';

type Place = Pick<Endpoint, 'tenantId' | 'id'>;

export function sealConsentCode(sealer: SecretSealer, { tenantId, id }: Place): Promise<string> {
  return sealer.sealFor(tenantId, id, field, newConsentCode());
}

export function openConsentCode(
  opener: SecretOpener,
  { tenantId, id, sealedConsentCode }: Endpoint,
): Promise<string> {
  return opener.openFor(tenantId, id, field, sealedConsentCode);
}

/** True for the very code; takes as long for every text of its length. */
export function isConsentCode(text: string, code: string): boolean {
  const given = Buffer.from(text.trim());
  const expected = Buffer.from(code);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The body as it goes out: with the code as `verificationCode` while the address is unproven. */
export async function bodyFor(
  opener: SecretOpener,
  endpoint: Endpoint,
  body: string,
): Promise<string> {
  if (endpoint.verifiedAt !== undefined) return body;
  const verificationCode = await openConsentCode(opener, endpoint);
  const message = JSON.parse(body) as Readonly<Record<string, unknown>>;
  return JSON.stringify({ ...message, verificationCode });
}
