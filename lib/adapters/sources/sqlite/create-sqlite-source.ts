import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SqliteSourceConfig } from '../../../core/catalog/catalog.ts';
import type { SnapshotRequest, Source } from '../../../core/sources/source.ts';
import { SqliteSnapshot } from './snapshot.ts';
import { throwIfAborted, translateError } from './translate-error.ts';

export interface SqliteDeps {
  /** The folder that the catalog's path starts from. */
  readonly appDirectory: string;
  /** The source's name in the catalog, for the log. */
  readonly name: string;
}

/**
 * An SQLite file, opened read-only. Each snapshot has a connection and a read transaction of its own;
 * writers are not held up when the file is in WAL mode. Tenants are kept apart by a column only.
 */
export function createSqliteSource(config: SqliteSourceConfig, deps: SqliteDeps): Source {
  const file = resolve(deps.appDirectory, config.file);
  const open = new Set<SqliteSnapshot>();

  async function openSnapshot(request: SnapshotRequest): Promise<SqliteSnapshot> {
    throwIfAborted(request.signal);
    if (request.tenantSourceId === '') throw new TypeError('"tenantSourceId" must not be empty.');
    const database = openReadOnly(file, deps);
    const snapshot = new SqliteSnapshot({
      database,
      takenAt: beginReading(database, deps),
      request,
      source: deps.name,
      onEnd: () => open.delete(snapshot),
    });
    open.add(snapshot);
    return snapshot;
  }

  return {
    openSnapshot,
    close: async () => {
      await Promise.all([...open].map((snapshot) => snapshot[Symbol.asyncDispose]()));
    },
  };
}

const lockTimeoutMs = 5_000;

function openReadOnly(file: string, deps: SqliteDeps): DatabaseSync {
  try {
    return new DatabaseSync(file, {
      readOnly: true,
      timeout: lockTimeoutMs,
      readBigInts: true,
      returnArrays: true,
      allowExtension: false,
    });
  } catch (error) {
    throw translateError(error, { source: deps.name, step: 'open' });
  }
}

/** From the first read on, the transaction sees one moment; answers a time that is not after it. */
function beginReading(database: DatabaseSync, deps: SqliteDeps): Date {
  try {
    database.exec('pragma query_only = on; pragma trusted_schema = off; begin');
    const takenAt = new Date();
    database.prepare('select count(*) from sqlite_schema').get();
    return takenAt;
  } catch (error) {
    database.close();
    throw translateError(error, { source: deps.name, step: 'open' });
  }
}
