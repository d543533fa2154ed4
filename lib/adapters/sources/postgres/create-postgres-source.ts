import type { PostgresSourceConfig } from '../../../core/catalog/catalog.ts';
import type { SnapshotRequest, Source } from '../../../core/sources/source.ts';
import type { PostgresDeps } from './connection-settings.ts';
import { ConnectionSlots } from './connection-slots.ts';
import { PostgresSession } from './session.ts';
import { PostgresSnapshot } from './snapshot.ts';

/**
 * A PostgreSQL server, read through COPY. Each snapshot has a connection of its own, opened with the
 * secret's value of that moment, as long as there are slots for it; `close` ends those that are open.
 */
export function createPostgresSource(config: PostgresSourceConfig, deps: PostgresDeps): Source {
  const sessions = new Set<PostgresSession>();
  const slots = new ConnectionSlots(deps.name, config.maxConnections);

  async function openSnapshot(request: SnapshotRequest): Promise<PostgresSnapshot> {
    if (request.tenantSourceId === '') throw new TypeError('"tenantSourceId" must not be empty.');
    const giveBack = await slots.take(request);
    try {
      return await snapshotOn(request, giveBack);
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  async function snapshotOn(request: SnapshotRequest, giveBack: () => void) {
    const session = await PostgresSession.connect({ config, deps, signal: request.signal });
    sessions.add(session);
    try {
      const onEnd = () => {
        sessions.delete(session);
        giveBack();
      };
      return await PostgresSnapshot.open({ session, config, deps, request, onEnd });
    } catch (error) {
      await session.end();
      sessions.delete(session);
      throw error;
    }
  }

  return {
    openSnapshot,
    close: async () => {
      await Promise.all([...sessions].map((session) => session.end()));
      sessions.clear();
    },
  };
}
