import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../../..');
const startTimeoutMs = 60_000;

export interface HostOptions {
  readonly settings: Readonly<Record<string, string>>;
  /** Where the host keeps its state and its log. */
  readonly folder: string;
  /** Fault switches of the local host (lib/local-host/README.md). */
  readonly faults?: object;
  readonly port?: number;
}

/** A local host in a process of its own, running the built app. */
export interface Host extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the process has ended, however it ended. */
  readonly ended: Promise<void>;
  /** Ends the process at once, as a power cut would. */
  kill(): Promise<void>;
}

/** Starts the host and answers when it listens; its log goes into `host.log` in the folder. */
export async function startHost(options: HostOptions): Promise<Host> {
  const child = spawn(process.execPath, commandLine(options), {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...options.settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(join(options.folder, 'host.log'), { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = once(child, 'exit').then(() => undefined);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  const url = await listeningUrl(child);
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    ended,
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
}

function commandLine({ folder, faults, port = 0 }: HostOptions): readonly string[] {
  return [
    join(root, 'dist/lib/local-host/main.js'),
    ...['--app', root, '--port', String(port), '--state', join(folder, 'host.sqlite')],
    ...(faults === undefined ? [] : ['--faults', JSON.stringify(faults)]),
  ];
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
  const lines: string[] = [];
  if (child.stdout === null) throw new TypeError('The host has no output.');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      const url = /listening on (http:\S+)/.exec(line)?.[1];
      if (url !== undefined) return url;
    }
  } finally {
    clearTimeout(timer);
    child.stdout.resume();
  }
  throw new Error(`The host ended before it listened:\n${lines.slice(-30).join('\n')}`);
}
