import { escapeIdentifier } from 'pg';
import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { isPassing } from '../../../core/errors.ts';
import type { RelationName } from './relation-name.ts';
import type { PostgresSession } from './session.ts';

/**
 * Locks the table against being truncated or rewritten, with its partitions, inheriting tables and the
 * tables under a view; SELECT is right enough for it. Throws `table_locked` when somebody else holds a
 * lock for too long. Where LOCK is refused (a materialized view, a foreign table, a login with single
 * columns) or the table is not there, the steps that follow find out or get their locks by reading.
 */
export async function lockTable(
  session: PostgresSession,
  table: CatalogTable,
  name: RelationName,
): Promise<void> {
  const relation = `${escapeIdentifier(name.schema)}.${escapeIdentifier(name.relation)}`;
  try {
    await session.run(`lock table ${relation} in access share mode`, table.name);
  } catch (error) {
    if (isPassing(error) || !session.isUsable) throw error;
  }
}
