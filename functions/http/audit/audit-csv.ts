import type { AuditEvent } from '../../../lib/core/audit/audit-event.ts';

const columns = [
  'seq',
  'time',
  'tenantId',
  'action',
  'actorType',
  'actorId',
  'actorAddressPrefix',
  'targetType',
  'targetId',
  'result',
  'reason',
  'requestId',
  'act',
  'route',
  'details',
  'id',
  'schemaVersion',
  'prevHash',
  'hash',
] as const;

/** Events in the `spreadsheet` dialect (api.md §4): BOM, CRLF, and no cell that a spreadsheet would run. */
export function auditCsv(events: readonly AuditEvent[]): Uint8Array {
  const records = [columns, ...events.map(cellsOf)];
  const lines = records.map((cells) => `${cells.map(cell).join(',')}\r\n`);
  return Buffer.from(`\ufeff${lines.join('')}`);
}

type Cell = string | number | undefined;

function cellsOf(event: AuditEvent): readonly Cell[] {
  const { actor, target, outcome, request, details } = event;
  return [
    event.seq,
    event.time,
    event.tenantId,
    event.action,
    actor.type,
    actor.id,
    actor.addressPrefix,
    target?.type,
    target?.id,
    outcome.result,
    outcome.reason,
    request?.id,
    request?.act,
    request?.route,
    details === undefined ? undefined : JSON.stringify(details),
    event.id,
    event.schemaVersion,
    event.prevHash,
    event.hash,
  ];
}

function cell(value: Cell): string {
  if (value === undefined || typeof value === 'number') return String(value ?? '');
  const safe = dangerous.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) || safe === '' ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One quote before it is taken off again by whoever needs the value as it was. */
const dangerous = /^(\s*[=+\-@＝＋－＠\0]|[\t\r]|')/;
