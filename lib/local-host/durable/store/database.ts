import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HostError, toError } from '../../host-error.ts';

const schema = `
create table if not exists meta (name text primary key, value text not null) strict;
create table if not exists instances (
  id text primary key, execution_id text not null, name text not null, version text,
  status text not null, input text, output text, custom_status text, actions text,
  created_at text not null, updated_at text not null, generation integer not null,
  parent_name text, parent_id text, parent_execution_id text, parent_task_id integer
) strict;
create index if not exists instances_by_time on instances (created_at, id);
create table if not exists history (
  instance_id text not null, position integer not null, event text not null,
  primary key (instance_id, position)
) strict;
create table if not exists messages (
  position integer primary key autoincrement, instance_id text not null, execution_id text, event text not null
) strict;
create index if not exists messages_by_instance on messages (instance_id, position);
create table if not exists activities (
  position integer primary key autoincrement, instance_id text not null, execution_id text not null,
  task_id integer not null, name text not null, input text
) strict;
create index if not exists activities_by_instance on activities (instance_id);
create table if not exists timers (
  instance_id text not null, execution_id text not null, task_id integer not null,
  fire_at text not null, created_at text not null, primary key (instance_id, execution_id, task_id)
) strict;
create index if not exists timers_by_time on timers (fire_at);
create table if not exists schedules (
  function_name text primary key, last text, next text, updated_at text not null
) strict;
`;

/** Opens (and makes, where missing) the state file of a host. The caller closes it. */
export function openDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    prepare(database);
  } catch (error) {
    database.close();
    throw isDamage(error) ? damaged(path, error) : error;
  }
  return database;
}

function prepare(database: DatabaseSync): void {
  // NORMAL: with the write-ahead log every commit survives the death of the process, which is what this host
  // promises. Only a power cut could lose the last commits, never the file; FULL would sync at every step.
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on;',
  );
  database.exec(schema);
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const damageCodes: readonly unknown[] = [11, 26];

function isDamage(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && damageCodes.includes(error.errcode);
}

function damaged(path: string, cause: unknown): HostError {
  const text =
    `${path} is damaged: ${toError(cause).message}. Delete it, and ${path}-wal and ${path}-shm where they are, to ` +
    'start anew: what was running is forgotten, while tenants, keys and finished exports stay.';
  return new HostError(text, { cause });
}

/** Does the work in one transaction: all of it is kept, or nothing. Not to be nested. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('begin immediate');
  try {
    const result = work();
    database.exec('commit');
    return result;
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}
