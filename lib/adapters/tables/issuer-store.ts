import { createHash } from 'node:crypto';
import type { IssuerStore } from '../../core/identity/issuer-store.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityTable } from './entity-table.ts';

/** Beside the tenants, row SHA-256 of the issuer: its address may be too long for a key. */
export function createIssuerStore(table: EntityTable): IssuerStore {
  const find = async (issuer: string) => (await table.find(keyOf(issuer)))?.text('tenantId');
  return {
    find,
    claim: (issuer, tenantId) => table.put(keyOf(issuer), { tenantId, issuer }),
    async release(issuer, tenantId) {
      if ((await find(issuer)) === tenantId) await table.remove(keyOf(issuer));
    },
  };
}

function keyOf(issuer: string): EntityKey {
  return { partition: 'issuer', row: createHash('sha256').update(issuer).digest('hex') };
}
