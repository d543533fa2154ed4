import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import { limits } from '../../../core/limits.ts';
import type { Column } from '../../../core/sources/column.ts';
import type { Row, Value } from '../../../core/sources/source.ts';
import { isolationBroken } from './exact-tenant.ts';
import type { OpenQuestion, RowBatch, StreamQuestion } from './messages.ts';
import { type OpenFile, openFile } from './open-file.ts';
import { createValueReader, type ValueReader } from './read-value.ts';
import { rowTooLarge } from './row-too-large.ts';
import { planTable, type TablePlan, type TableSelect } from './table-plan.ts';
import { translateError } from './translate-error.ts';

/** Reads one file at one moment for one tenant. SQLite answers at once and holds its thread meanwhile. */
export class Reader {
  readonly #file: OpenFile;
  readonly #tenant: string;
  readonly #source: string;
  readonly #plans = new Map<string, TablePlan>();
  #run: TableRun | undefined;

  /** Throws `source_unreachable` or `table_changed`. */
  constructor({ file, tenantSourceId, source }: OpenQuestion) {
    this.#file = openFile(file, source);
    this.#tenant = tenantSourceId;
    this.#source = source;
  }

  get takenAt(): Date {
    return this.#file.takenAt;
  }

  describe(table: CatalogTable): readonly Column[] {
    return this.#attempt(table, () => this.#plan(table).columns);
  }

  count(table: CatalogTable): number {
    return this.#attempt(table, () => {
      const statement = this.#file.database.prepare(this.#plan(table).countSql);
      const row = statement.get(this.#tenant) as unknown as readonly [bigint];
      this.#file.requireUntouched();
      return Number(row[0]);
    });
  }

  /** Begins to read; a table that was being read is left. */
  stream({ table, columns }: StreamQuestion): void {
    this.#attempt(table, () => {
      const plan = this.#plan(table);
      const select = plan.select(columns);
      this.#run = new TableRun({ file: this.#file, tenant: this.#tenant, table, plan, select });
    });
  }

  /** The next rows; the last batch has `otherKinds`. */
  next(): RowBatch {
    const run = this.#run;
    if (run === undefined) throw new TypeError('Nothing is being read.');
    return this.#attempt(run.table, () => run.next());
  }

  close(): void {
    if (this.#file.database.isOpen) this.#file.database.close();
  }

  #attempt<T>(table: CatalogTable, step: () => T): T {
    try {
      return step();
    } catch (error) {
      // Pages that make no sense may be those of another file.
      this.#file.requireUntouched();
      throw translateError(error, { source: this.#source, step: 'query', table: table.name });
    }
  }

  #plan(table: CatalogTable): TablePlan {
    const key = JSON.stringify(table);
    const plan = this.#plans.get(key) ?? planTable(this.#file.database, table, this.#tenant);
    this.#plans.set(key, plan);
    return plan;
  }
}

interface RunParts {
  readonly file: OpenFile;
  readonly tenant: string;
  readonly table: CatalogTable;
  readonly plan: TablePlan;
  readonly select: TableSelect;
}

// A batch is at most so many rows, or about so many bytes of text and blobs and one row more.
const batchRowsMax = 1_000;
const batchWeightBytesMax = 4 * 1024 * 1024;

/** One table on its way. */
class TableRun {
  readonly #parts: RunParts;
  readonly #rows: Iterator<unknown>;
  readonly #readers: readonly ValueReader[];
  /** Columns whose replacement characters were looked into: they are the vendor's own. */
  readonly #provenText = new Set<Column>();

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#rows = database(parts).prepare(parts.select.sql).iterate(parts.tenant);
    this.#readers = parts.select.columns.map(({ type }) => createValueReader(type));
    // Half a surrogate pair of UTF-16 is joined with what follows, which no mark in the text would tell.
    if (parts.file.encoding !== 'UTF-8') {
      for (const index of this.#readers.keys()) this.#requireText(index);
    }
  }

  get table(): CatalogTable {
    return this.#parts.table;
  }

  next(): RowBatch {
    const rows: Row[] = [];
    let weightBytes = 0;
    while (rows.length < batchRowsMax && weightBytes < batchWeightBytesMax) {
      const next = this.#rows.next();
      if (next.done === true) return this.#end(rows);
      // With `returnArrays` the statement gives arrays; the types of node:sqlite do not say so.
      const stored = next.value as readonly SQLOutputValue[];
      weightBytes += this.#weigh(stored);
      rows.push(this.#readRow(stored));
    }
    return { rows };
  }

  #end(rows: readonly Row[]): RowBatch {
    this.#parts.file.requireUntouched();
    return { rows, otherKinds: this.#readers.map(({ otherKinds }) => otherKinds) };
  }

  #readRow(stored: readonly SQLOutputValue[]): Row {
    const { select, tenant, table } = this.#parts;
    if (stored[select.tenantIndex] !== tenant) throw isolationBroken(table);
    const row = new Array<Value>(this.#readers.length);
    for (const [index, reader] of this.#readers.entries()) {
      const value = stored[index] ?? null;
      if (typeof value === 'string' && value.includes('\uFFFD')) this.#requireText(index);
      row[index] = reader.read(value);
    }
    return row;
  }

  /**
   * node:sqlite puts U+FFFD where bytes are no text, so a column without it is right. One that has it is
   * looked through once, by its bytes: it may be the vendor's own character. Throws `text_not_utf8`.
   */
  #requireText(index: number): void {
    const { select, plan, table, tenant } = this.#parts;
    const column = select.columns[index];
    if (column === undefined || column.text !== undefined || this.#provenText.has(column)) return;
    const found = database(this.#parts).prepare(plan.badTextSql(column)).get(tenant);
    if (found !== undefined) throw notText(table, column);
    this.#provenText.add(column);
  }

  #weigh(stored: readonly SQLOutputValue[]): number {
    let bytes = 0;
    for (const value of stored) {
      if (typeof value === 'string' || value instanceof Uint8Array) bytes += value.length;
    }
    if (bytes > limits.rowBytesMax) throw rowTooLarge(this.#parts.table.name);
    return bytes;
  }
}

function database({ file }: RunParts): DatabaseSync {
  return file.database;
}

function notText({ name }: CatalogTable, column: Column): SluiceError {
  return new SluiceError('text_not_utf8', {
    message: `The column "${column.name}" of the table "${name}" holds text that is not UTF-8. Tell the operator.`,
    internal: `Table ${name}: column ${column.name} holds text that is not UTF-8; mend it in the database, or say in the catalog how the table's text is to be read: "text": "latin1" or "base64".`,
  });
}
