import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSqliteSource } from '../../../lib/adapters/sources/sqlite/create-sqlite-source.ts';
import type { SourceHarness } from './source-contract.ts';

export interface SqliteHarness extends SourceHarness {
  readonly folder: string;
}

/** An empty SQLite file in WAL mode and a source over it. */
export async function startSqliteHarness(): Promise<SqliteHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sqlite-'));
  const writer = new DatabaseSync(join(folder, 'app.db'));
  writer.exec('pragma journal_mode = wal');
  return {
    folder,
    source: createSqliteSource(
      { kind: 'sqlite', file: 'app.db', parallelTables: 1 },
      { appDirectory: folder, name: 'app' },
    ),
    execute: async (sql) => writer.exec(sql),
    close: async () => {
      writer.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
