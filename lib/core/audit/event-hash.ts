import { createHash } from 'node:crypto';
import type { AuditEvent } from './audit-event.ts';
import { canonicalJson } from './canonical-json.ts';

/** Stands before the first event of every chain. */
export const genesisHash = '0'.repeat(64);

/** SHA-256 (hex) over the canonical JSON of the event without its own hash. */
export function hashEvent(event: Omit<AuditEvent, 'hash'>): string {
  const { hash, ...hashed }: Partial<AuditEvent> = event;
  return createHash('sha256').update(canonicalJson(hashed)).digest('hex');
}
