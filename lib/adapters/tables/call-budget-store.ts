import type { CallBudgetStore } from '../../core/webhooks/call-budget.ts';
import { json } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityTable } from './entity-table.ts';

/** Partition tenant, one row. */
export function createCallBudgetStore(table: EntityTable): CallBudgetStore {
  return {
    async find(tenantId) {
      const entity = await table.find(keyOf(tenantId));
      if (entity === undefined) return undefined;
      const times = entity.json<readonly string[]>('times').map((time) => new Date(time));
      return { value: times, etag: entity.etag };
    },
    insert: (tenantId, times) => table.insert(keyOf(tenantId), { times: json(times) }),
    async update(tenantId, times, etag) {
      await table.replace(keyOf(tenantId), { times: json(times) }, etag);
    },
  };
}

function keyOf(tenantId: string): EntityKey {
  return { partition: tenantId, row: 'webhooks' };
}
