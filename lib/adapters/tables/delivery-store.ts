import type { Delivery, DeliveryAttempt, DeliveryStore } from '../../core/webhooks/delivery.ts';
import { defined } from './defined.ts';
import { type Fields, json } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';

/** Partition tenant, row delivery id. */
export function createDeliveryStore(table: EntityTable): DeliveryStore {
  return {
    insert: (delivery) => table.insert(keyOf(delivery.tenantId, delivery.id), toFields(delivery)),
    async find(tenantId, deliveryId) {
      const entity = await table.find(keyOf(tenantId, deliveryId));
      return entity && { value: fromEntity(entity), etag: entity.etag };
    },
    async update(delivery, etag) {
      await table.replace(keyOf(delivery.tenantId, delivery.id), toFields(delivery), etag);
    },
  };
}

function keyOf(tenantId: string, deliveryId: string): EntityKey {
  return { partition: tenantId, row: deliveryId };
}

function toFields({ tenantId, id, body, attempts, ...plain }: Delivery): Fields {
  return { ...plain, body: json(body), attempts: json(attempts) };
}

function fromEntity(entity: EntityReader): Delivery {
  return defined({
    tenantId: entity.key.partition,
    id: entity.key.row,
    endpointId: entity.text('endpointId'),
    exportId: entity.text('exportId'),
    type: entity.text<Delivery['type']>('type'),
    webhookId: entity.text('webhookId'),
    body: entity.json<string>('body'),
    status: entity.text<Delivery['status']>('status'),
    createdAt: entity.date('createdAt'),
    attempts: attemptsOf(entity),
    nextAttemptAt: entity.dateOr('nextAttemptAt'),
  });
}

function attemptsOf(entity: EntityReader): readonly DeliveryAttempt[] {
  const stored =
    entity.json<readonly (Omit<DeliveryAttempt, 'at'> & { readonly at: string })[]>('attempts');
  return stored.map((attempt) => ({ ...attempt, at: new Date(attempt.at) }));
}
