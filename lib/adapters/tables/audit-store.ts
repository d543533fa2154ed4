import { odata } from '@azure/data-tables';
import { type AuditEvent, actorName } from '../../core/audit/audit-event.ts';
import type {
  AppendOrder,
  AuditCheckpoint,
  AuditHead,
  AuditRow,
  AuditRowQuery,
  AuditStore,
} from '../../core/audit/audit-store.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import { defined } from './defined.ts';
import { type Fields, json } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';
import { filterOf } from './partition-query.ts';

/**
 * Partition chain and month: a row per event (its number in 12 digits), one per mark, and the head. Three
 * partitions list the chains, their months and their checkpoints; a chain's own end in `_yyyymm`.
 */
export function createAuditStore(table: EntityTable): AuditStore {
  return {
    chains: () => chains(table),
    claimFirstMonth: (chain, month) => claimFirstMonth(table, chain, month),
    async months(chain) {
      const found = await table.all({ partition: monthsPartition, filters: [ofChain(chain)] });
      return found.map(({ key }) => key.row.slice(-monthLength));
    },
    announceMonth: (chain, month) => table.put(monthKey(chain, month), {}),
    async findHead(chain, month) {
      const entity = await table.find(rowKey(chain, month, headRow));
      return entity && { value: headFrom(entity), etag: entity.etag };
    },
    insertHead: (chain, month, head) => table.insert(rowKey(chain, month, headRow), { ...head }),
    async replaceHead(chain, month, head, etag) {
      await table.replace(rowKey(chain, month, headRow), { ...head }, etag);
    },
    append: (order) => append(table, order),
    async find(chain, month, seq) {
      const entity = await table.find(rowKey(chain, month, eventRow(seq)));
      return entity && rowFrom(entity);
    },
    async hasMark(chain, month, mark) {
      return (await table.find(rowKey(chain, month, markRow(mark)))) !== undefined;
    },
    list: (query) => list(table, query),
    putCheckpoint: ({ chain, month, ...fields }) =>
      table.put({ partition: checkpointsPartition, row: `${chain}_${month}` }, fields),
    newestCheckpoint: (chain) => newestCheckpoint(table, chain),
    removeMonth: (chain, month) => removeMonth(table, chain, month),
  };
}

const chainsPartition = '_chains';
const monthsPartition = '_months';
const checkpointsPartition = '_checkpoints';
const headRow = 'head';
const monthLength = 6;
const seqDigits = 12;

function monthKey(chain: string, month: string): EntityKey {
  return { partition: monthsPartition, row: `${chain}_${month}` };
}

function partitionOf(chain: string, month: string): string {
  return `${chain}_${month}`;
}

function rowKey(chain: string, month: string, row: string): EntityKey {
  return { partition: partitionOf(chain, month), row };
}

function eventRow(seq: number): string {
  return String(seq).padStart(seqDigits, '0');
}

function markRow(mark: string): string {
  return `mark-${mark}`;
}

/** Only the rows of this chain: no chain's name has an underscore behind its first character. */
function ofChain(chain: string): string {
  return odata`RowKey ge ${`${chain}_0`} and RowKey lt ${`${chain}_:`}`;
}

async function* chains(table: EntityTable): AsyncGenerator<string> {
  for await (const { key } of table.scan(filterOf({ partition: chainsPartition }))) yield key.row;
}

async function claimFirstMonth(table: EntityTable, chain: string, month: string): Promise<string> {
  const key = { partition: chainsPartition, row: chain };
  if (await table.insert(key, { firstMonth: month })) return month;
  return (await table.find(key))?.text('firstMonth') ?? month;
}

function append(table: EntityTable, order: AppendOrder): Promise<string | undefined> {
  const { chain, month, events, marks, head, etag } = order;
  return table.commit(partitionOf(chain, month), {
    insert: [
      ...events.map((event) => ({ row: eventRow(event.seq), fields: eventFields(event) })),
      ...marks.map((mark) => ({ row: markRow(mark), fields: {} })),
    ],
    replace: { row: headRow, fields: { ...head }, etag },
  });
}

/** The columns beside the event are for filters only; `rowFrom` holds them against the event. */
function eventFields(event: AuditEvent): Fields {
  return { ...columnsOf(event), event: json(event) };
}

function columnsOf({ time, action, actor }: AuditEvent) {
  return { time: new Date(time), action, actor: actorName(actor) };
}

async function* list(table: EntityTable, query: AuditRowQuery): AsyncGenerator<AuditRow> {
  const { chain, month, afterSeq = 0, upToSeq, from, to, action, actor } = query;
  const filters = [
    odata`RowKey gt ${eventRow(afterSeq)} and RowKey lt ${':'}`,
    // A row at no event's place sorts behind the event that its name begins with, so it is seen too.
    ...(upToSeq === undefined ? [] : [odata`RowKey lt ${eventRow(upToSeq + 1)}`]),
    ...(from === undefined ? [] : [odata`time ge ${from}`]),
    ...(to === undefined ? [] : [odata`time lt ${to}`]),
    ...(action === undefined ? [] : [odata`action eq ${action}`]),
    ...(actor === undefined ? [] : [odata`actor eq ${actor}`]),
  ];
  const filter = filterOf({ partition: partitionOf(chain, month), filters });
  const scanned = table.scan(filter, query.rowsAtOnce);
  for await (const entity of scanned) yield rowFrom(entity);
}

function rowFrom(entity: EntityReader): AuditRow {
  const { row } = entity.key;
  const place = new RegExp(`^[0-9]{${seqDigits}}$`).test(row) ? Number(row) : undefined;
  return { place, event: readEvent(entity) };
}

/** Whoever alters a row may leave anything behind; verifying must go on and say where. */
function readEvent(entity: EntityReader): AuditEvent | undefined {
  try {
    const event = entity.json<AuditEvent>('event');
    const columns = {
      time: entity.date('time'),
      action: entity.text('action'),
      actor: entity.text('actor'),
    };
    const isSame = JSON.stringify(columnsOf(event)) === JSON.stringify(columns);
    return isSame && canonicalJson(event) !== '' ? event : undefined;
  } catch {
    return undefined;
  }
}

function headFrom(entity: EntityReader): AuditHead {
  return defined({
    seq: entity.whole('seq'),
    hash: entity.text('hash'),
    firstSeq: entity.whole('firstSeq'),
    openingHash: entity.text('openingHash'),
    openedFrom: entity.textOr('openedFrom'),
    closedTo: entity.textOr('closedTo'),
  });
}

async function newestCheckpoint(
  table: EntityTable,
  chain: string,
): Promise<AuditCheckpoint | undefined> {
  const query = { partition: checkpointsPartition, filters: [ofChain(chain)] };
  const entity = (await table.all(query)).at(-1);
  if (entity === undefined) return undefined;
  return {
    chain,
    month: entity.key.row.slice(-monthLength),
    upToSeq: entity.whole('upToSeq'),
    hash: entity.text('hash'),
    count: entity.whole('count'),
    signature: entity.text('signature'),
  };
}

/** The head goes after the events and the month's own row last, so that a crash leaves a month to remove. */
async function removeMonth(table: EntityTable, chain: string, month: string): Promise<void> {
  await table.removeAll({
    partition: partitionOf(chain, month),
    filters: [odata`RowKey ne ${headRow}`],
  });
  await table.remove(rowKey(chain, month, headRow));
  await table.remove(monthKey(chain, month));
}
