import { odata } from '@azure/data-tables';
import { SluiceError } from '../../core/errors.ts';
import type { ExportWork } from '../../core/exports/starter.ts';
import type { DueEntry, DueStore, RunningMark } from '../../core/exports/stores.ts';
import { defined } from './defined.ts';
import { json } from './entity-codec.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';
import { filterOf } from './partition-query.ts';

const running = 'running';
/** Before every day of expiry, and after no other partition's name. */
const firstDay = '00000000';

/**
 * Partition `running` for what runs, row tenant, export and attempt; else the day of expiry (`yyyymmdd`,
 * UTC), row export id.
 * What is due is one range of partitions: later days are never looked at.
 */
export function createDueStore(table: EntityTable): DueStore {
  return {
    async markRunning({ tenantId, exportId, attempt, at }) {
      const work = { tenantId, exportId, attempt };
      await table.insert(runningKey(work), { ...work, at });
    },
    async clearRunning(work) {
      await table.remove(runningKey(work));
    },
    listRunning: () => marksOf(table),
    async findRunning(work) {
      const entity = await table.find(runningKey(work));
      return entity && { value: toMark(entity), etag: entity.etag };
    },
    planRunning: (mark, etag) => planned(table, mark, etag),
    markExpiry: (entry) => table.put(expiryKey(entry), fieldsOf(entry)),
    async clearExpiry(entry) {
      await table.remove(expiryKey(entry));
    },
    listExpired: (now) => entriesOf(table, dueAt(now)),
  };
}

/** The dot is in no id, so no tenant can write a row that is another's. */
function runningKey({ tenantId, exportId, attempt }: ExportWork) {
  return { partition: running, row: `${tenantId}.${exportId}.${attempt}` };
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

function fieldsOf({ tenantId, at, tries, nextTryAt }: DueEntry) {
  return { tenantId, at, tries, nextTryAt };
}

async function* marksOf(table: EntityTable): AsyncGenerator<RunningMark> {
  for await (const entity of table.scan(filterOf({ partition: running }))) {
    yield toMark(entity);
  }
}

function toMark(entity: EntityReader): RunningMark {
  return defined({
    tenantId: entity.text('tenantId'),
    exportId: entity.text('exportId'),
    attempt: entity.whole('attempt'),
    at: entity.date('at'),
    plan: entity.jsonOr<NonNullable<RunningMark['plan']>>('plan'),
  });
}

async function planned(table: EntityTable, mark: RunningMark, etag: string): Promise<boolean> {
  const { plan, ...fields } = mark;
  try {
    await table.replace(runningKey(mark), { ...fields, plan: json(plan) }, etag);
    return true;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'changed_meanwhile') return false;
    throw error;
  }
}

async function* entriesOf(table: EntityTable, filter: string): AsyncGenerator<DueEntry> {
  for await (const entity of table.scan(filter)) yield fromEntity(entity);
}

function fromEntity(entity: EntityReader): DueEntry {
  return defined({
    tenantId: entity.text('tenantId'),
    exportId: entity.key.row,
    at: entity.date('at'),
    tries: entity.wholeOr('tries'),
    nextTryAt: entity.dateOr('nextTryAt'),
  });
}
