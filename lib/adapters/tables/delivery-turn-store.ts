import { odata } from '@azure/data-tables';
import type { DeliveryTurn, DeliveryTurnStore } from '../../core/webhooks/delivery-turn.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityTable } from './entity-table.ts';
import { filterOf } from './partition-query.ts';

const partition = 'turn';
/** Milliseconds of this length reach the year 5138. */
const digits = 14;

export interface WritableTurns extends DeliveryTurnStore {
  put(turn: DeliveryTurn): Promise<void>;
}

/** Partition `turn`, row time, tenant and delivery: what is overdue is one range of rows. */
export function createDeliveryTurnStore(table: EntityTable): WritableTurns {
  return {
    put: ({ at, ...delivery }) => table.put(keyOf({ at, ...delivery }), { ...delivery, at }),
    async *listBefore(moment) {
      const before = odata`RowKey lt ${timeOf(moment)}`;
      for await (const entity of table.scan(filterOf({ partition, filters: [before] }))) {
        const [tenantId, deliveryId] = [entity.text('tenantId'), entity.text('deliveryId')];
        yield { tenantId, deliveryId, at: entity.date('at') };
      }
    },
    async remove(turn) {
      await table.remove(keyOf(turn));
    },
  };
}

/** The dot is in no id. */
function keyOf({ at, tenantId, deliveryId }: DeliveryTurn): EntityKey {
  return { partition, row: `${timeOf(at)}.${tenantId}.${deliveryId}` };
}

function timeOf(time: Date): string {
  return String(time.getTime()).padStart(digits, '0');
}
