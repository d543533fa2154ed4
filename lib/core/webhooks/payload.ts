import type { ErrorCode } from '../errors.ts';
import type { ExportStatus } from '../exports/transitions.ts';
import { limits } from '../limits.ts';
import type { WebhookEventType } from './endpoint.ts';

/** Something that happened to an export; everything in it comes from rows, nothing from a clock. */
export interface ExportEvent {
  readonly type: WebhookEventType;
  readonly tenantId: string;
  readonly exportId: string;
  /** The export's attempt, 1 and up. */
  readonly attempt: number;
  readonly at: Date;
  readonly status: ExportStatus;
  readonly requestedAt: Date;
  readonly expiresAt?: Date;
  /** The tables that succeeded. */
  readonly tables: readonly string[];
  readonly failedTables: readonly FailedTable[];
  readonly rows: number;
  readonly bytes: number;
  readonly manifestSha256?: string;
}

export interface FailedTable {
  readonly name: string;
  readonly code: ErrorCode;
}

/** Room for the code that goes with the body to an address that is not proven (consent-code.ts). */
const codeBytes = 64;
const bodyBytesMax = limits.webhookBodyBytesMax - codeBytes;

/**
 * The body of a webhook: JSON that stays below `limits.webhookBodyBytesMax` bytes even with a code, the
 * same bytes for the same event. It never holds a link or data.
 */
export function buildPayload(event: ExportEvent): string {
  const { tables, failedTables } = event;
  const whole = payloadText(event, { tables, failedTables, tablesTruncated: false });
  if (Buffer.byteLength(whole) < bodyBytesMax) return whole;
  return payloadText(event, fittingTables(event));
}

/** Something that a tenant should know and that is not about an export. */
export interface Notice {
  readonly type: Extract<WebhookEventType, 'webhook.disabled' | `key.${string}`>;
  readonly tenantId: string;
  /** What it is about; with type and time it makes the notice this one and no other. */
  readonly subjectId: string;
  readonly at: Date;
  /** Short texts for the body: ids, times and codes, never a secret. */
  readonly facts: Readonly<Record<string, string>>;
  /** The endpoint that is not told. */
  readonly exceptEndpointId?: string;
}

/** The body of a notice: the same bytes for the same notice. */
export function buildNotice({ type, tenantId, at, facts }: Notice): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), sequence: 1, tenantId, ...facts });
}

/** Grows with the life of an export, so that a receiver can tell an older event from a newer one. */
export function sequenceOf({ type, attempt }: Pick<ExportEvent, 'type' | 'attempt'>): number {
  if (type === 'export.started') return (attempt - 1) * 2 + 1;
  if (type === 'export.deleted') return attempt * 2 + 1;
  return (attempt - 1) * 2 + 2;
}

interface TableLists {
  readonly tables: readonly string[];
  readonly failedTables: readonly FailedTable[];
  readonly tablesTruncated: boolean;
}

function payloadText(event: ExportEvent, lists: TableLists): string {
  return JSON.stringify({
    type: event.type,
    timestamp: event.at.toISOString(),
    sequence: sequenceOf(event),
    tenantId: event.tenantId,
    invocationId: event.exportId,
    exportDate: event.requestedAt.toISOString(),
    status: event.status,
    tables: lists.tables,
    failedTables: lists.failedTables.map(({ name, code }) => ({ name, code })),
    tablesTruncated: lists.tablesTruncated ? true : undefined,
    expirationDate: event.expiresAt?.toISOString(),
    rows: event.rows,
    bytes: event.bytes,
    manifestSha256: event.manifestSha256,
  });
}

/** What failed may take half of the room, so that neither list can push the other one out. */
function fittingTables(event: ExportEvent): TableLists {
  const empty = payloadText(event, { tables: [], failedTables: [], tablesTruncated: true });
  const roomBytes = bodyBytesMax - 1 - Buffer.byteLength(empty);
  const failedTables = prefixWithin(event.failedTables, Math.floor(roomBytes / 2));
  const tables = prefixWithin(event.tables, roomBytes - sizeBytes(failedTables));
  return { tables, failedTables, tablesTruncated: true };
}

function prefixWithin<T>(items: readonly T[], roomBytes: number): readonly T[] {
  let usedBytes = 0;
  const end = items.findIndex((item) => {
    usedBytes += sizeBytes([item]);
    return usedBytes > roomBytes;
  });
  return end === -1 ? items : items.slice(0, end);
}

/** Counts one comma for each item, which is one more than JSON needs. */
function sizeBytes(items: readonly unknown[]): number {
  return items.reduce<number>((sum, item) => sum + Buffer.byteLength(JSON.stringify(item)) + 1, 0);
}
