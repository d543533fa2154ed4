import { odata } from '@azure/data-tables';
import type { DueEntry, DueStore } from '../../core/exports/stores.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';
import { filterOf } from './partition-query.ts';

const running = 'running';
/** Before every day of expiry, and after no other partition's name. */
const firstDay = '00000000';

/**
 * Partition `running` for what runs, else the day of expiry (`yyyymmdd`, UTC); row export id.
 * What is due is one range of partitions: later days are never looked at.
 */
export function createDueStore(table: EntityTable): DueStore {
  return {
    markRunning: (entry) => table.put(runningKey(entry.exportId), fieldsOf(entry)),
    async clearRunning(exportId) {
      await table.remove(runningKey(exportId));
    },
    listRunning: () => entriesOf(table, filterOf({ partition: running })),
    markExpiry: (entry) => table.put(expiryKey(entry), fieldsOf(entry)),
    async clearExpiry(entry) {
      await table.remove(expiryKey(entry));
    },
    listExpired: (now) => entriesOf(table, dueAt(now)),
  };
}

function runningKey(exportId: string) {
  return { partition: running, row: exportId };
}

function expiryKey({ exportId, at }: DueEntry) {
  return { partition: dayOf(at), row: exportId };
}

function dueAt(now: Date): string {
  const today = dayOf(now);
  return odata`PartitionKey ge ${firstDay} and PartitionKey le ${today} and at le ${now}`;
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10).replaceAll('-', '');
}

function fieldsOf({ tenantId, at }: DueEntry) {
  return { tenantId, at };
}

async function* entriesOf(table: EntityTable, filter: string): AsyncGenerator<DueEntry> {
  for await (const entity of table.scan(filter)) yield fromEntity(entity);
}

function fromEntity(entity: EntityReader): DueEntry {
  return {
    tenantId: entity.text('tenantId'),
    exportId: entity.key.row,
    at: entity.date('at'),
  };
}
