import type { PostgresSourceConfig } from '../../../core/catalog/catalog.ts';
import type { SnapshotRequest, Source } from '../../../core/sources/source.ts';
import { beginSnapshot } from './begin-snapshot.ts';
import type { PostgresDeps } from './connection-settings.ts';
import { requireModestLogin } from './login-powers.ts';
import { PostgresSession } from './session.ts';
import { PostgresSnapshot, savepoint } from './snapshot.ts';

/**
 * A PostgreSQL server, read through COPY. Each snapshot has a connection of its own, opened with the
 * secret's value of that moment; `close` ends those that are still open.
 */
export function createPostgresSource(config: PostgresSourceConfig, deps: PostgresDeps): Source {
  const sessions = new Set<PostgresSession>();

  async function openSnapshot(request: SnapshotRequest): Promise<PostgresSnapshot> {
    const session = await PostgresSession.connect({ config, deps, signal: request.signal });
    sessions.add(session);
    try {
      return await snapshotOf(session, request);
    } catch (error) {
      await session.end();
      sessions.delete(session);
      throw error;
    }
  }

  async function snapshotOf(session: PostgresSession, request: SnapshotRequest) {
    const { tables, tenantSourceId } = request;
    const takenAt = await beginSnapshot(session, config, tenantSourceId);
    await requireModestLogin(session, tables, tenantSourceId, config.allowPowerfulLogin);
    await session.rows(`savepoint ${savepoint}`);
    const onEnd = () => sessions.delete(session);
    return new PostgresSnapshot({ session, takenAt, tenantSourceId, onEnd });
  }

  return {
    openSnapshot,
    close: async () => {
      await Promise.all([...sessions].map((session) => session.end()));
      sessions.clear();
    },
  };
}
