import { systemActor } from '../audit/audit-event.ts';
import type { DeliveryStarter } from '../exports/starter.ts';
import { recognizeKey } from './authenticate-key.ts';
import { changeKey } from './change-key.ts';
import { isLive, type KeyRecord } from './key-record.ts';
import type { KeyWork } from './key-work.ts';
import { tellTenant } from './tell-tenant.ts';

/**
 * See `KeyService.flagExposed`. The moment is fixed first and names the event and the deliveries, so
 * two who see the key at once tell once; that it was told goes last, so whoever dies in between leaves
 * it to the next sighting.
 */
export async function flagExposed(
  work: KeyWork,
  presented: string,
  starter: DeliveryStarter,
): Promise<KeyRecord | undefined> {
  const recognized = await recognizeKey(work, presented);
  if (typeof recognized === 'string') return undefined;
  const { tenantId, id } = recognized.record;
  const flagged = await changeKey(work.keys, tenantId, id, (record) =>
    record.exposedAt === undefined ? { ...record, exposedAt: work.clock() } : undefined,
  );
  if (flagged.exposureToldAt !== undefined) return flagged;
  await tell(work, flagged, starter);
  return changeKey(work.keys, tenantId, id, (record) =>
    record.exposureToldAt === undefined ? { ...record, exposureToldAt: work.clock() } : undefined,
  );
}

/** A key that is over opens nothing: the log has it, and nobody need be woken. */
async function tell(work: KeyWork, record: KeyRecord, starter: DeliveryStarter): Promise<void> {
  const { tenantId, id, exposedAt } = record;
  if (exposedAt === undefined) return;
  await work.audit.recordOnce(tenantId, ['key.expose', id, exposedAt.getTime()], {
    action: 'key.expose',
    actor: systemActor,
    target: { type: 'key', id },
    outcome: { result: 'success' },
  });
  if (!isLive(record, work.clock())) return;
  await tellTenant(work, record, { type: 'key.exposed', at: exposedAt }, starter);
}
