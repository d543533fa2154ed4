import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** How to start a host in a process of its own. */
interface HostProcessOptions {
  readonly app: string;
  /** The folder for state and traces; two hosts with the same folder are one host before and after a crash. */
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

/** A local host in a child process. */
export interface HostProcess {
  readonly url: string;
  /** Everything it has printed so far. */
  output(): string;
  /** Resolves when the process is gone, with its signal or exit code. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

const main = resolve(import.meta.dirname, '../../../lib/local-host/main.ts');
const startTimeoutMs = 20_000;

/** A folder of its own under the system's temp folder. */
export function freshFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'local-host-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts a host and waits until it listens; a host that ends before is an error with its output. */
export async function startHostProcess(options: HostProcessOptions): Promise<HostProcess> {
  const state = join(options.folder, 'host.sqlite');
  const args = [
    main,
    '--app',
    options.app,
    '--port',
    '0',
    '--state',
    state,
    ...(options.flags ?? []),
  ];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const ended = once(child, 'exit').then(([code, signal]) => signal ?? code);
  const url = await new Promise<string>((resolveUrl, reject) => {
    const late = setTimeout(
      () => reject(new Error(`The host did not start:\n${printed}`)),
      startTimeoutMs,
    );
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      const found = /^listening on (\S+)$/m.exec(printed)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      resolveUrl(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => {
      clearTimeout(late);
      reject(new Error(`The host ended at once:\n${printed}`));
    });
  });
  return { url, output: () => printed, ended, kill: (signal) => kill(child, signal, ended) };
}

async function kill(
  child: ChildProcess,
  signal: NodeJS.Signals,
  ended: Promise<number | NodeJS.Signals | null>,
): Promise<number | NodeJS.Signals | null> {
  child.kill(signal);
  return await ended;
}
