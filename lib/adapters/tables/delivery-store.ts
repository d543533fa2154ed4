import { odata } from '@azure/data-tables';
import { reverseTicks } from '../../core/ids.ts';
import type {
  Delivery,
  DeliveryAttempt,
  DeliveryFilter,
  DeliveryStore,
} from '../../core/webhooks/delivery.ts';
import { type DeliveryTurn, turnOf } from '../../core/webhooks/delivery-turn.ts';
import { defined } from './defined.ts';
import type { WritableTurns } from './delivery-turn-store.ts';
import { type Fields, json } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';
import { inBatches } from './in-batches.ts';
import { filterOf } from './partition-query.ts';

/** Sorts after every character of an id. */
const afterAll = '~';
const removalsAtOnce = 8;
const keysAtOnce = 200;

/** Partition tenant, row delivery id: the ids begin with the event's time, the newest first. */
export function createDeliveryStore(table: EntityTable, turns: WritableTurns): DeliveryStore {
  return {
    async insert(delivery) {
      if (delivery.status === 'pending') await turns.put(turnBy(delivery));
      return table.insert(keyOf(delivery.tenantId, delivery.id), toFields(delivery));
    },
    async find(tenantId, deliveryId) {
      const entity = await table.find(keyOf(tenantId, deliveryId));
      return entity && { value: fromEntity(entity), etag: entity.etag };
    },
    async update(delivery, etag) {
      if (delivery.status === 'pending') await turns.put(turnBy(delivery));
      await table.replace(keyOf(delivery.tenantId, delivery.id), toFields(delivery), etag);
      // Most end with their first attempt, whose turn is known; later ones are dropped when they are met.
      if (delivery.status !== 'pending') await turns.remove(turnBy(delivery));
    },
    async list(tenantId, filter, page) {
      const query = { partition: tenantId, filters: conditionsOf(filter) };
      const { items, ...rest } = await table.page(query, page);
      return { items: items.map(fromEntity), ...rest };
    },
    async *scan(tenantId, filter) {
      const query = { partition: tenantId, filters: conditionsOf(filter) };
      for await (const entity of table.scan(filterOf(query))) yield fromEntity(entity);
    },
    removeBefore: (tenantId, cutoff) => removeBefore(table, tenantId, cutoff),
  };
}

/** Put down before the row, so that no delivery under way is ever without its turn. */
function turnBy(delivery: Delivery): DeliveryTurn {
  return { tenantId: delivery.tenantId, deliveryId: delivery.id, at: turnOf(delivery) };
}

function keyOf(tenantId: string, deliveryId: string): EntityKey {
  return { partition: tenantId, row: deliveryId };
}

/** The time is a range of row keys, so only rows of that time are looked at. */
function conditionsOf({ endpointId, status, from, to }: DeliveryFilter): readonly string[] {
  return [
    ...(to === undefined ? [] : [odata`RowKey ge ${reverseTicks(to)}`]),
    ...(from === undefined ? [] : [odata`RowKey lt ${reverseTicks(from) + afterAll}`]),
    ...(endpointId === undefined ? [] : [odata`endpointId eq ${endpointId}`]),
    ...(status === undefined ? [] : [odata`status eq ${status}`]),
  ];
}

async function removeBefore(table: EntityTable, tenantId: string, cutoff: Date): Promise<number> {
  const older = odata`RowKey gt ${reverseTicks(cutoff) + afterAll}`;
  const filter = filterOf({ partition: tenantId, filters: [older] });
  let removed = 0;
  let keys: EntityKey[] = [];
  const flush = async () => {
    await inBatches(keys, removalsAtOnce, (key) => table.remove(key));
    removed += keys.length;
    keys = [];
  };
  for await (const { key } of table.scan(filter, keysAtOnce)) {
    if (keys.push(key) === keysAtOnce) await flush();
  }
  await flush();
  return removed;
}

function toFields({ tenantId, id, body, attempts, ...plain }: Delivery): Fields {
  return { ...plain, body: json(body), attempts: json(attempts) };
}

function fromEntity(entity: EntityReader): Delivery {
  return defined({
    tenantId: entity.key.partition,
    id: entity.key.row,
    endpointId: entity.text('endpointId'),
    exportId: entity.textOr('exportId'),
    type: entity.text<Delivery['type']>('type'),
    webhookId: entity.text('webhookId'),
    body: entity.json<string>('body'),
    status: entity.text<Delivery['status']>('status'),
    createdAt: entity.date('createdAt'),
    attempts: attemptsOf(entity),
    nextAttemptAt: entity.dateOr('nextAttemptAt'),
    redeliveryOf: entity.textOr('redeliveryOf'),
    redeliveries: entity.wholeOr('redeliveries'),
  });
}

function attemptsOf(entity: EntityReader): readonly DeliveryAttempt[] {
  const stored =
    entity.json<readonly (Omit<DeliveryAttempt, 'at'> & { readonly at: string })[]>('attempts');
  return stored.map((attempt) => ({ ...attempt, at: new Date(attempt.at) }));
}
