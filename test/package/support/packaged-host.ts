import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { checkout } from './checkout.ts';

/** A local host in a process of its own that runs an unpacked package. */
export interface PackagedHost extends AsyncDisposable {
  readonly url: string;
  /** From the start of the process to the first answer 200 of /api/health/ready. */
  readonly readyMs: number;
}

const deadlineMs = 60_000;
const askAgainMs = 10;

/** Starts it, with these settings and no others, and waits until it is ready. */
export async function startPackaged(
  app: string,
  settings: Readonly<Record<string, string>>,
): Promise<PackagedHost> {
  const startedAt = performance.now();
  const main = join(checkout, 'lib/local-host/main.ts');
  const child = spawn(process.execPath, [main, '--app', app, '--port', '0'], {
    cwd: app,
    env: { PATH: process.env['PATH'] ?? '', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const end = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    const url = await listeningUrl(child);
    await untilReady(url);
    return { url, readyMs: performance.now() - startedAt, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new TypeError('The host has no output.');
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
  const lines: string[] = [];
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

async function untilReady(url: string): Promise<void> {
  const signal = AbortSignal.timeout(deadlineMs);
  // Ends with the answer or the signal.
  for (;;) {
    const { status } = await fetch(`${url}/api/health/ready`, { signal });
    if (status === 200) return;
    await delay(askAgainMs, undefined, { signal });
  }
}
