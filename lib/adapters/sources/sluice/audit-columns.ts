import type { AuditEvent } from '../../../core/audit/audit-event.ts';
import type { Column, ColumnType } from '../../../core/sources/column.ts';
import type { Value } from '../../../core/sources/source.ts';

interface AuditColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly sourceType: string;
  readonly nullable: boolean;
  readonly read: (event: AuditEvent) => Value;
}

/** The columns of `audit_log`, in their order. */
export const auditColumns: readonly AuditColumn[] = [
  column('seq', 'integer', 'bigint', ({ seq }) => seq),
  column('id', 'text', 'text', ({ id }) => id),
  column('tenant_id', 'text', 'text', ({ tenantId }) => tenantId),
  column('time', 'timestamp', 'timestamp', ({ time }) => time),
  column('action', 'text', 'text', ({ action }) => action),
  column('actor_type', 'text', 'text', ({ actor }) => actor.type),
  column('actor_id', 'text', 'text', ({ actor }) => actor.id),
  optional('actor_address_prefix', 'text', ({ actor }) => actor.addressPrefix),
  optional('target_type', 'text', ({ target }) => target?.type),
  optional('target_id', 'text', ({ target }) => target?.id),
  column('result', 'text', 'text', ({ outcome }) => outcome.result),
  optional('reason', 'text', ({ outcome }) => outcome.reason),
  optional('request_id', 'text', ({ request }) => request?.id),
  optional('act', 'text', ({ request }) => request?.act),
  optional('route', 'text', ({ request }) => request?.route),
  optional('details', 'json', ({ details }) => details && JSON.stringify(details)),
  column('schema_version', 'integer', 'integer', ({ schemaVersion }) => schemaVersion),
  column('prev_hash', 'text', 'text', ({ prevHash }) => prevHash),
  column('hash', 'text', 'text', ({ hash }) => hash),
];

/** The columns as a source describes them. */
export function describeAudit(key: readonly string[]): readonly Column[] {
  return auditColumns.map(({ read, ...shape }) => ({ ...shape, key: key.includes(shape.name) }));
}

function column(
  name: string,
  type: ColumnType,
  sourceType: string,
  read: AuditColumn['read'],
): AuditColumn {
  return { name, type, sourceType, nullable: false, read };
}

function optional(
  name: string,
  type: ColumnType,
  read: (event: AuditEvent) => string | undefined,
): AuditColumn {
  return { name, type, sourceType: type, nullable: true, read: (event) => read(event) ?? null };
}
