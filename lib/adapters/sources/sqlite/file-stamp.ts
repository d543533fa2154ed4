import { statSync } from 'node:fs';

/**
 * What tells that a file was exchanged or written over. It is never opened for this: closing any handle
 * of a file gives up the locks that SQLite holds on it in the same process.
 */
export interface FileStamp {
  readonly device: bigint;
  readonly inode: bigint;
  readonly bytes: bigint;
  readonly changedAtNs: bigint;
}

/** Undefined when there is no such file. */
export function stampOf(file: string): FileStamp | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const { dev, ino, size, mtimeNs } = found;
  return { device: dev, inode: ino, bytes: size, changedAtNs: mtimeNs };
}

export function isSameFile(one: FileStamp | undefined, other: FileStamp | undefined): boolean {
  return one?.device === other?.device && one?.inode === other?.inode;
}

/** For the same file: true when its content was touched in between. */
export function isTouched(one: FileStamp, other: FileStamp): boolean {
  return one.bytes !== other.bytes || one.changedAtNs !== other.changedAtNs;
}
