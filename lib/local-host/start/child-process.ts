import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname, relative } from 'node:path';
import { HostError } from '../host-error.ts';
import { childEnvironment } from '../setup/environment.ts';

export interface ChildOptions {
  /** For messages, e.g. "Azurite". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly directory?: string;
  /** Set on top of this process's own variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its output goes; without it, to this process's own output. */
  readonly logFile?: string;
}

/** A process that was started here and that ends when it is told to, at the latest with this process. */
export interface Child {
  readonly name: string;
  /** What it left behind: its exit code or the signal that ended it. */
  readonly exited: Promise<string>;
  /** True once it ended, for whatever reason. */
  readonly hasEnded: () => boolean;
  /** Resolves when its output, which must go to a log file, holds all patterns; throws when it ends before. */
  waitForOutput(patterns: readonly RegExp[], timeoutMs: number): Promise<readonly string[]>;
  /** Asks it to end, insists after ten seconds. May be called twice. */
  stop(): Promise<void>;
}

const stopGraceMs = 10_000;

/** Starts it in a process group of its own, so that Ctrl-C reaches it only through `stop`, in good order. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, command, args, directory, environment = {}, logFile } = options;
  const log = logFile === undefined ? undefined : openLog(logFile);
  const piped = log === undefined ? 'inherit' : 'pipe';
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', piped, piped],
    env: childEnvironment(environment),
    ...(directory === undefined ? {} : { cwd: directory }),
  });
  const kill = (): void => signalGroup(child, 'SIGKILL');
  // Whatever ends this process, nothing that it started stays behind.
  process.once('exit', kill);
  const exited = waitForExit(child);
  const settled = exited.finally(() => process.off('exit', kill));
  settled.catch(() => undefined);
  const heard = log === undefined ? undefined : listen(child, log);
  await failOnSpawnError(child, name);
  return {
    name,
    exited,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    waitForOutput: (patterns, timeoutMs) =>
      waitForOutput({ name, logFile, heard, exited }, patterns, timeoutMs),
    stop: () => stop(child, exited),
  };
}

interface Heard {
  readonly text: () => string;
  readonly arrivals: EventTarget;
}

function openLog(path: string): WriteStream {
  mkdirSync(dirname(path), { recursive: true });
  return createWriteStream(path, { flags: 'a', mode: 0o600 });
}

// Only the beginning is looked at: a process says that it is ready soon or never.
const heardCharactersMax = 1_000_000;

function listen(child: ChildProcess, log: WriteStream): Heard {
  let text = '';
  const arrivals = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log.write(chunk);
      if (text.length < heardCharactersMax) text += chunk.toString();
      arrivals.dispatchEvent(new Event('output'));
    });
  }
  child.once('close', () => log.end());
  return { text: () => text, arrivals };
}

async function waitForExit(child: ChildProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode ?? `exit code ${child.exitCode}`;
}

async function failOnSpawnError(child: ChildProcess, name: string): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new HostError(`${name} could not be started.`, { cause: error });
  }
}

interface Waiting {
  readonly name: string;
  readonly logFile: string | undefined;
  readonly heard: Heard | undefined;
  readonly exited: Promise<string>;
}

async function waitForOutput(
  { name, logFile, heard, exited }: Waiting,
  patterns: readonly RegExp[],
  timeoutMs: number,
): Promise<readonly string[]> {
  if (heard === undefined) throw new TypeError('Only output that goes to a log file can be read.');
  const ended = new AbortController();
  exited.then((how) => ended.abort(how)).catch(() => undefined);
  const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(timeoutMs)]);
  // Ends with the output, with the process, or with the timeout.
  for (;;) {
    const found = patterns.map((pattern) => pattern.exec(heard.text())?.[1]);
    if (found.every((match) => match !== undefined)) return found;
    try {
      await once(heard.arrivals, 'output', { signal });
    } catch (error) {
      const how = ended.signal.aborted ? `ended (${ended.signal.reason})` : 'was not ready in time';
      throw new HostError(`${name} ${how}; see ${relative('.', logFile ?? '')}.`, { cause: error });
    }
  }
}

async function stop(child: ChildProcess, exited: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  signalGroup(child, 'SIGTERM');
  const insist = setTimeout(() => signalGroup(child, 'SIGKILL'), stopGraceMs);
  await exited;
  clearTimeout(insist);
  // A worker that outlived its parent is still in the group.
  killLeftovers(child);
}

function killLeftovers({ pid }: ChildProcess): void {
  if (pid !== undefined) trySignal(pid, 'SIGKILL');
}

/** The whole group, because `func` starts workers of its own. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  trySignal(child.pid, signal);
}

function trySignal(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch {
    // It ended meanwhile.
  }
}
