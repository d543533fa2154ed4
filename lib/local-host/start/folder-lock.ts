import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { HostError } from '../host-error.ts';

/** Two hosts on one folder would share state file and emulator, which know one user each. */
export interface FolderLock {
  release(): void;
}

/** Takes the folder for this process; a HostError names the process that has it. One that died left nothing behind. */
export function lockFolder(directory: string): FolderLock {
  const file = join(directory, '.sluice', 'start.pid');
  const owner = ownerOf(file);
  if (owner !== undefined && owner !== process.pid && isAlive(owner)) {
    throw new HostError(
      `Sluice runs in this folder already, as process ${owner}. Stop it first, or delete ` +
        `${relative(directory, file)} when that process is something else.`,
    );
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${process.pid}\n`);
  const release = () => {
    if (ownerOf(file) === process.pid) rmSync(file, { force: true });
  };
  process.once('exit', release);
  return {
    release: () => {
      process.off('exit', release);
      release();
    },
  };
}

function ownerOf(file: string): number | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
