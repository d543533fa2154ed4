import { createHash } from 'node:crypto';
import { SluiceError } from '../../core/errors.ts';
import type { IssuerStore } from '../../core/identity/issuer-store.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityTable } from './entity-table.ts';

/** Beside the tenants, row SHA-256 of the issuer: its address may be too long for a key. */
export function createIssuerStore(table: EntityTable): IssuerStore {
  return {
    async find(issuer) {
      const entity = await table.find(keyOf(issuer));
      return entity && { value: entity.text('tenantId'), etag: entity.etag };
    },
    async claim(issuer, tenantId, etag) {
      const fields = { tenantId, issuer };
      if (etag === undefined) return table.insert(keyOf(issuer), fields);
      return replaced(() => table.replace(keyOf(issuer), fields, etag));
    },
    async release(issuer, etag) {
      await table.removeUnchanged(keyOf(issuer), etag);
    },
  };
}

async function replaced(replace: () => Promise<string>): Promise<boolean> {
  try {
    await replace();
    return true;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'changed_meanwhile') return false;
    throw error;
  }
}

function keyOf(issuer: string): EntityKey {
  return { partition: 'issuer', row: createHash('sha256').update(issuer).digest('hex') };
}
