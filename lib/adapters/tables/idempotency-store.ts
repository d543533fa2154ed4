import { odata } from '@azure/data-tables';
import { SluiceError } from '../../core/errors.ts';
import type { Claim, IdempotencyStore, StaleClaims } from '../../core/exports/stores.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';

/** Each try fails only because somebody else changed the row in between. */
const triesMax = 10;

/** Partition tenant, row the hash of the Idempotency-Key. */
export function createIdempotencyStore(table: EntityTable): IdempotencyStore & StaleClaims {
  return {
    async claim(tenantId, keyHash, claim, staleBefore) {
      const key = { partition: tenantId, row: keyHash };
      for (let tries = 1; tries <= triesMax; tries++) {
        const held = await claimOnce(table, key, claim, staleBefore);
        if (held !== undefined) return held;
      }
      throw new SluiceError('changed_meanwhile');
    },
    removeBefore: (tenantId, cutoff) =>
      table.removeAll({ partition: tenantId, filters: [odata`claimedAt lt ${cutoff}`] }),
  };
}

/** Undefined when somebody else was faster, which is to be looked at again. */
async function claimOnce(
  table: EntityTable,
  key: EntityKey,
  claim: Claim,
  staleBefore: Date,
): Promise<Claim | undefined> {
  // A repeated insert that meets its own first try counts as made: see EntityTable.
  if (await table.insert(key, { ...claim })) return claim;
  const entity = await table.find(key);
  if (entity === undefined) return undefined;
  const held = fromEntity(entity);
  if (held.claimedAt >= staleBefore) return held;
  return (await replaced(table, key, claim, entity.etag)) ? claim : undefined;
}

async function replaced(table: EntityTable, key: EntityKey, claim: Claim, etag: string) {
  try {
    await table.replace(key, { ...claim }, etag);
    return true;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'changed_meanwhile') return false;
    throw error;
  }
}

function fromEntity(entity: EntityReader): Claim {
  return {
    madeId: entity.text('madeId'),
    requestHash: entity.text('requestHash'),
    claimedAt: entity.date('claimedAt'),
  };
}
