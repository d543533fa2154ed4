import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The folders of one run of the demo. */
export interface Workplace {
  /** The emulator's data, the host's state and their logs; gone after a good run. */
  readonly run: string;
  readonly hostLog: string;
  /** Below it a folder for each export; stays. */
  readonly out: string;
  /** Removes what only this run needs. */
  clear(): Promise<void>;
}

/** Makes the folders in `.sluice/demo` and removes those of runs whose process is gone. */
export async function openWorkplace(appDirectory: string): Promise<Workplace> {
  const home = join(appDirectory, '.sluice', 'demo');
  const run = join(home, `run-${process.pid}`);
  await mkdir(home, { recursive: true });
  await removeAbandoned(home);
  await mkdir(run, { recursive: true, mode: 0o700 });
  return {
    run,
    hostLog: join(run, 'host.log'),
    out: join(home, 'out'),
    clear: () => rm(run, { recursive: true, force: true }),
  };
}

async function removeAbandoned(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const pid = /^run-(\d+)$/.exec(name)?.[1];
    // A folder of this very process id is left over from before: ids come round again.
    if (pid === undefined || (Number(pid) !== process.pid && isRunning(Number(pid)))) continue;
    await rm(join(home, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Not ours to signal, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
