import { resolve } from 'node:path';
import type { SqliteSourceConfig } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { SnapshotRequest, Source } from '../../../core/sources/source.ts';
import { ReaderPool } from './reader-pool.ts';
import { SqliteSnapshot } from './snapshot.ts';
import { abortedBy } from './translate-error.ts';

export interface SqliteDeps {
  /** The folder that the catalog's path starts from. */
  readonly appDirectory: string;
  /** The source's name in the catalog, for the log. */
  readonly name: string;
}

/**
 * An SQLite file, opened read-only. Each snapshot has a process, a connection and a read transaction to
 * itself (`open-file.ts` says what one moment is); writers are not held up when the file is in WAL mode.
 * Tenants are kept apart by a column only, compared exactly, and every row that comes is held against the
 * tenant's id once more. Nothing but the operator's own views hides rows: SQLite has no row security, and
 * the connection sees neither temporary nor attached databases.
 */
export function createSqliteSource(config: SqliteSourceConfig, deps: SqliteDeps): Source {
  const file = resolve(deps.appDirectory, config.file);
  const open = new Set<SqliteSnapshot>();
  const pool = new ReaderPool(deps.name);

  async function openSnapshot({ tenantSourceId, signal }: SnapshotRequest) {
    const aborted = abortedBy(signal);
    if (aborted !== undefined) throw aborted;
    if (tenantSourceId === '') throw new TypeError('"tenantSourceId" must not be empty.');
    const reader = pool.take();
    const closed = new SluiceError('cancelled', { internal: 'The source could not be opened.' });
    const stop = () => reader.end(abortedBy(signal) ?? closed);
    signal.addEventListener('abort', stop, { once: true });
    const letGo = () => signal.removeEventListener('abort', stop);
    try {
      const { takenAt } = await reader.ask('open', { file, tenantSourceId, source: deps.name });
      const onEnd = () => {
        letGo();
        open.delete(snapshot);
        return pool.give(reader);
      };
      const snapshot = new SqliteSnapshot({ reader, takenAt, signal, onEnd });
      open.add(snapshot);
      return snapshot;
    } catch (error) {
      letGo();
      reader.end(closed);
      throw error;
    }
  }

  return {
    openSnapshot,
    close: async () => {
      await Promise.all([...open].map((snapshot) => snapshot[Symbol.asyncDispose]()));
      await pool.close();
    },
  };
}
