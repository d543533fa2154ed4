import type { CatalogTable, PostgresSourceConfig } from '../../../core/catalog/catalog.ts';
import type { SnapshotRequest } from '../../../core/sources/source.ts';
import { beginTransaction, fixMoment } from './begin-snapshot.ts';
import type { PostgresDeps } from './connection-settings.ts';
import { PostgresSession } from './session.ts';
import type { TablePlan } from './table-plan.ts';

export interface Elsewhere {
  readonly config: PostgresSourceConfig;
  readonly deps: PostgresDeps;
  readonly request: SnapshotRequest;
}

/**
 * Counts the tenant's rows on a connection and in a moment of its own. For foreign tables alone: their
 * server takes its snapshot before it waits for its lock, and nothing here can lock or look there. So
 * the snapshot's count is held between one from before and one from after. What a reload hides is in
 * neither the old nor the new rows, so it makes the snapshot's count smaller than both.
 */
export async function countElsewhere(
  { config, deps, request }: Elsewhere,
  plan: TablePlan,
  table: CatalogTable,
): Promise<number> {
  const session = await PostgresSession.connect({ config, deps, signal: request.signal });
  try {
    await beginTransaction(session, config);
    session.watch((await fixMoment(session, request.tenantSourceId)).backend);
    if (table.tenant.rls) await session.run('set local row_security = on');
    const [row] = await session.rows<{ rows: string }>(plan.countSql(), [], table.name);
    return Number(row?.rows);
  } finally {
    await session.end();
  }
}
