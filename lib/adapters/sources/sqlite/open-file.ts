import { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../../../core/errors.ts';
import { limits } from '../../../core/limits.ts';
import { type FileStamp, isSameFile, isTouched, stampOf } from './file-stamp.ts';
import { addTextFunctions, type TextEncoding } from './text-functions.ts';
import { translateError } from './translate-error.ts';

/** A file at one moment. */
export interface OpenFile {
  readonly database: DatabaseSync;
  /** Not after the moment that every read sees. */
  readonly takenAt: Date;
  readonly encoding: TextEncoding;
  /** Throws `table_changed` when somebody wrote over the file without SQLite's locks. */
  requireUntouched(): void;
}

const lockTimeoutMs = 5_000;

/**
 * Opens the file read-only and fixes the moment. It is the first read of the transaction that fixes it:
 * SQLite then holds its shared lock (rollback journal), which no writer passes, or its mark in the
 * write-ahead log, behind which no checkpoint overwrites a page. Until the file is closed every read sees
 * that moment, whatever other processes change, drop, swap, vacuum or check-point. A file that is
 * exchanged under its name is read on from the old one; one that is exchanged while it is being opened
 * could be joined with the other's log, so that is refused.
 */
export function openFile(file: string, source: string): OpenFile {
  const before = stampOf(file);
  const database = connect(file, source);
  try {
    const takenAt = beginReading(database);
    const opened = stampOf(file);
    if (!isSameFile(before, opened)) throw exchanged(source);
    const encoding = pragma<TextEncoding>(database, 'encoding');
    addTextFunctions(database, encoding);
    const hasLog = pragma(database, 'journal_mode') === 'wal';
    return {
      database,
      takenAt,
      encoding,
      requireUntouched: () => requireUntouched(file, opened, hasLog, source),
    };
  } catch (error) {
    database.close();
    throw translateError(error, { source, step: 'open' });
  }
}

function connect(file: string, source: string): DatabaseSync {
  try {
    return new DatabaseSync(file, {
      readOnly: true,
      timeout: lockTimeoutMs,
      readBigInts: true,
      returnArrays: true,
      allowExtension: false,
      // A larger value is refused before it is read into memory.
      limits: { length: limits.rowBytesMax },
    });
  } catch (error) {
    throw translateError(error, { source, step: 'open' });
  }
}

function beginReading(database: DatabaseSync): Date {
  database.exec('pragma query_only = on; pragma trusted_schema = off; begin');
  const takenAt = new Date();
  database.prepare('select count(*) from sqlite_schema').get();
  return takenAt;
}

function pragma<T extends string>(database: DatabaseSync, name: string): T {
  const [value] = database.prepare(`pragma ${name}`).get() as unknown as readonly [T];
  return value;
}

/**
 * With a rollback journal nobody who keeps SQLite's locks can write the file while it is read. With a
 * write-ahead log check-points may, so there only a file that shrank tells.
 */
function requireUntouched(
  file: string,
  opened: FileStamp | undefined,
  hasLog: boolean,
  source: string,
): void {
  const now = stampOf(file);
  if (opened === undefined || now === undefined || !isSameFile(opened, now)) return;
  if (hasLog ? now.bytes >= opened.bytes : !isTouched(opened, now)) return;
  throw new SluiceError('table_changed', {
    message: 'The data source was written over while it was being read. It is read again.',
    internal: `Source ${source}: the file was written without SQLite's locks (copied over?); put a new file in place by renaming it.`,
  });
}

function exchanged(source: string): SluiceError {
  return new SluiceError('table_changed', {
    message: 'The data source was exchanged just now. It is read again.',
    internal: `Source ${source}: the file was exchanged while it was being opened.`,
  });
}
