import { odata } from '@azure/data-tables';
import {
  type KeyNotice,
  type KeyNoticeStore,
  noticeDayOf,
  noticeDays,
} from '../../core/keys/key-notice.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';

const firstPartition = 'key-00000000';

/**
 * In the table of what is due: partition `key-` and the day of the notice (`yyyymmdd`, UTC), row key
 * id and the days before the end. What is due is one range of partitions.
 */
export function createKeyNoticeStore(table: EntityTable): KeyNoticeStore {
  return {
    mark: (notice) => table.put(keyOf(notice), fieldsOf(notice)),
    async clear(notice) {
      await table.remove(keyOf(notice));
    },
    async *listDue(now) {
      const filter = odata`PartitionKey ge ${firstPartition} and PartitionKey le ${partitionOf(now)}`;
      for await (const entity of table.scan(filter)) yield fromEntity(entity);
    },
  };
}

function keyOf(notice: KeyNotice): EntityKey {
  const row = `${notice.keyId}-${notice.daysBefore}`;
  return { partition: partitionOf(noticeDayOf(notice)), row };
}

function partitionOf(time: Date): string {
  return `key-${time.toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function fieldsOf({ tenantId, keyId, daysBefore, expiresAt }: KeyNotice) {
  return { tenantId, keyId, daysBefore, expiresAt };
}

function fromEntity(entity: EntityReader): KeyNotice {
  const days = entity.whole('daysBefore');
  return {
    tenantId: entity.text('tenantId'),
    keyId: entity.text('keyId'),
    // Only this store writes these rows, so the last one stands for nothing that happens.
    daysBefore: noticeDays.find((known) => known === days) ?? 1,
    expiresAt: entity.date('expiresAt'),
  };
}
