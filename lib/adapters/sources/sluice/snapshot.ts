import type { AuditStore } from '../../../core/audit/audit-store.ts';
import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { Column } from '../../../core/sources/column.ts';
import type {
  RowStream,
  Selection,
  Snapshot,
  SnapshotRequest,
} from '../../../core/sources/source.ts';
import { auditColumns, describeAudit } from './audit-columns.ts';
import { AuditRowStream } from './audit-row-stream.ts';
import type { Span } from './span.ts';
import { throwIfAborted } from './throw-if-aborted.ts';

export interface SluiceSnapshotParts {
  readonly auditRows: AuditStore;
  readonly request: SnapshotRequest;
  readonly takenAt: Date;
  readonly spans: readonly Span[];
  readonly onEnd: () => void;
}

/** The audit log of one tenant as it was when the snapshot was opened. */
export class SluiceSnapshot implements Snapshot {
  readonly takenAt: Date;
  readonly #parts: SluiceSnapshotParts;
  #stream: AuditRowStream | undefined;

  constructor(parts: SluiceSnapshotParts) {
    this.takenAt = parts.takenAt;
    this.#parts = parts;
  }

  async describe(table: CatalogTable): Promise<readonly Column[]> {
    this.#require(table);
    for (const name of table.key) requireColumn(name, table);
    return describeAudit(table.key);
  }

  /** By the heads, which know nothing of single rows: a row that is gone makes the counts differ. */
  async count({ table }: Selection): Promise<number> {
    this.#requireTenant(table);
    return this.#parts.spans.reduce((sum, span) => sum + span.lastSeq - span.firstSeq + 1, 0);
  }

  async stream({ table, columns }: Selection): Promise<RowStream> {
    const chain = this.#requireTenant(table);
    if (columns.length === 0) throw new TypeError('A selection has at least one column.');
    const { auditRows, spans, request } = this.#parts;
    this.#stream = new AuditRowStream({
      auditRows,
      chain,
      spans,
      readers: columns.map(({ name }) => requireColumn(name, table).read),
      signal: request.signal,
    });
    return this.#stream;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream?.close();
    this.#parts.onEnd();
  }

  #requireTenant(table: CatalogTable): string {
    this.#require(table);
    const { tenantId } = this.#parts.request;
    if (tenantId === undefined) throw new TypeError('The audit log is read for one tenant only.');
    return tenantId;
  }

  #require(table: CatalogTable): void {
    throwIfAborted(this.#parts.request.signal);
    if (this.#stream?.isOpen === true) {
      throw new TypeError('A stream of this snapshot is still open: read it to its end first.');
    }
    const { column, rls, schema } = table.tenant;
    if (table.from !== 'audit_log') throw tableMissing(table);
    if (column !== undefined) requireColumn(column, table);
    if (column !== 'tenant_id' || rls || schema) throw notIsolated(table);
  }
}

function requireColumn(name: string, table: CatalogTable): (typeof auditColumns)[number] {
  const column = auditColumns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  throw new SluiceError('column_missing', {
    message: `The source of the table "${table.name}" has no column "${name}". Tell the operator.`,
    internal: `Table ${table.name}: no column ${name} in ${table.from}.`,
  });
}

function tableMissing({ name, from }: CatalogTable): SluiceError {
  return new SluiceError('table_missing', {
    message: `What the table "${name}" is read from is not in the data source. Tell the operator.`,
    internal: `Table ${name}: Sluice has no table ${from}.`,
  });
}

function notIsolated({ name }: CatalogTable): SluiceError {
  return new SluiceError('permission_denied', {
    message: `The tenants of the table "${name}" cannot be kept apart. Tell the operator.`,
    internal: `Table ${name}: the source sluice is isolated by tenant.column tenant_id.`,
  });
}
