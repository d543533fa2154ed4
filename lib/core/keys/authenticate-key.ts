import { SluiceError } from '../errors.ts';
import type { KeyPrincipal } from '../principal.ts';
import { isWithinRanges } from './address-ranges.ts';
import { parseKey } from './key-format.ts';
import { dummyHash, hashesMatch, hashSecret } from './key-hash.ts';
import type { KeyRecord } from './key-record.ts';
import type { KeyWork } from './key-work.ts';
import type { Pepper } from './peppers.ts';

/** See `KeyService.authenticate`. */
export async function authenticateKey(
  work: KeyWork,
  presented: string,
  address: string | undefined,
): Promise<KeyPrincipal> {
  refuseForeignKey(work, presented);
  const recognized = await recognizeKey(work, presented);
  if (typeof recognized === 'string') throw refused(recognized);
  const { record, secret } = recognized;
  const trouble = troubleWith(record, address, work.clock());
  if (trouble !== undefined) throw refused(`the key ${record.id} ${trouble}`);
  const tenant = await work.tenants.find(record.tenantId);
  if (tenant === undefined) throw refused(`the tenant of the key ${record.id} is gone`);
  work.residency.requireHere(tenant.value);
  work.uses.note(record, address);
  const current = await work.peppers.current();
  if (record.pepperVersion !== current.version) {
    work.uses.run(() => rehash(work, record, secret, current));
  }
  const { tenantId, id: keyId, scopes, labels } = record;
  return {
    kind: 'key',
    tenantId,
    keyId,
    scopes: [...scopes],
    ...(labels === undefined ? {} : { labels }),
  };
}

/**
 * K4: says where a key of another stamp belongs, by the environment that stands in it. Whether there is
 * such a key nobody looks up, here or there, so the answer tells strangers no more than the map does.
 */
function refuseForeignKey({ residency }: KeyWork, presented: string): void {
  const environment = parseKey(presented)?.environment;
  const refusal = environment === undefined ? undefined : residency.refusalOfKey(environment);
  if (refusal !== undefined) throw refusal;
}

export interface RecognizedKey {
  readonly record: KeyRecord;
  readonly secret: string;
}

/** The key that the presented secret belongs to, live or not; else the reason as a text for the log. */
export async function recognizeKey(
  { keys, peppers, environment }: Pick<KeyWork, 'keys' | 'peppers' | 'environment'>,
  presented: string,
): Promise<RecognizedKey | string> {
  const parts = parseKey(presented);
  if (parts === undefined) return 'it is not a key, or its checksum is wrong';
  if (parts.environment !== environment) return 'the key belongs to another environment';
  const record = (await keys.find(parts.id))?.value;
  const version = record?.pepperVersion;
  const pepper = version === undefined ? undefined : await peppers.find(version);
  // An unknown id does the same work, so that the time tells nothing.
  const hash = hashSecret(pepper ?? (await peppers.current()), parts.secret);
  const matches = hashesMatch(hash, record?.secretHash ?? dummyHash);
  if (record === undefined) return `the key ${parts.id} is unknown`;
  if (pepper === undefined) return `the pepper ${version} of the key ${parts.id} is gone`;
  return matches ? { record, secret: parts.secret } : `the secret of the key ${parts.id} is wrong`;
}

function troubleWith(
  { revokedAt, expiresAt, allowedAddresses }: KeyRecord,
  address: string | undefined,
  now: Date,
): string | undefined {
  if (revokedAt !== undefined) return 'is revoked';
  if (expiresAt <= now) return 'has expired';
  if (allowedAddresses === undefined || isWithinRanges(allowedAddresses, address)) return undefined;
  return 'is not allowed from this address';
}

/**
 * Brings a hash of the previous pepper forward, never back. Somebody else who changes the row at the
 * same moment wins; the next use tries again.
 */
async function rehash(
  work: KeyWork,
  record: KeyRecord,
  secret: string,
  current: Pepper,
): Promise<void> {
  const writing = await work.peppers.forWriting();
  if (writing.version !== current.version) return;
  const stored = await work.keys.find(record.id);
  if (stored?.value.pepperVersion !== record.pepperVersion) return;
  const secretHash = hashSecret(current, secret);
  const changed = { ...stored.value, secretHash, pepperVersion: current.version };
  await work.keys.update(changed, stored.etag);
}

function refused(reason: string): SluiceError {
  return new SluiceError('unauthenticated', {
    message: 'The key is not valid here. Check it, or ask for a new one.',
    internal: `Refused: ${reason}.`,
  });
}
