import { decrypt, encrypt } from './cipher.ts';

/** Where a sealed text belongs; it opens nowhere else. */
export interface SealContext {
  readonly tenantId: string;
  readonly recordId: string;
  /** The name of the record's field. */
  readonly field: string;
}

/** Seals a text under a 32-byte data key; base64url, different each time. */
export function seal(dataKey: Uint8Array, plaintext: string, context: SealContext): string {
  return encrypt(dataKey, Buffer.from(plaintext, 'utf8'), partsOf(context));
}

/** The text again. Throws `internal_error` for another context, another key or a changed text. */
export function open(dataKey: Uint8Array, sealed: string, context: SealContext): string {
  return Buffer.from(decrypt(dataKey, sealed, partsOf(context))).toString('utf8');
}

function partsOf({ tenantId, recordId, field }: SealContext): readonly string[] {
  return ['field', tenantId, recordId, field];
}
