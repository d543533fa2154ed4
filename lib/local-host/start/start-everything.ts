import { join, relative } from 'node:path';
import { ensureSampleDatabase, sampleDatabasePath } from '../demo/sample-database.ts';
import { HostError } from '../host-error.ts';
import { describeSettings } from '../setup/describe-settings.ts';
import { type LocalSettings, prepareLocal } from '../setup/prepare-local.ts';
import { usesExampleCatalog } from '../setup/sample-catalog.ts';
import type { Child } from './child-process.ts';
import { ensureStorage, type LocalStorage } from './ensure-storage.ts';
import { findProgram } from './find-program.ts';
import { firstCommands } from './first-commands.ts';
import { isAnswering } from './is-answering.ts';
import { hostStateFile, startCoreTools, startHostChild } from './start-host.ts';
import { waitUntilLive } from './wait-until-live.ts';

export interface StartOptions {
  /** The app's folder. */
  readonly directory: string;
  readonly port: number;
  /** Takes the local host even where func is on the PATH. */
  readonly avoidFunc: boolean;
  /** Ends everything that was started. */
  readonly signal: AbortSignal;
}

/** Runs until the signal comes or the host ends; answers with the exit code: 0 only after the signal. */
export async function startEverything(options: StartOptions): Promise<number> {
  const { directory, port, signal } = options;
  const started: Child[] = [];
  try {
    const settings = await prepare(directory, port);
    const storage = await ensureStorage(directory, settings.values);
    if (storage.kind === 'started') started.push(storage.azurite.process);
    tell('storage', describeStorage(storage));
    signal.throwIfAborted();
    const host = await startHost(options);
    started.push(host);
    return await watch(host, settings, options);
  } finally {
    // The host first: it may have something left to store.
    for (const child of started.reverse()) await child.stop();
  }
}

async function prepare(directory: string, port: number): Promise<LocalSettings> {
  if (await isAnswering(port)) {
    throw new HostError(`Port ${port} is taken. Stop what runs there, or use --port.`);
  }
  const settings = await prepareLocal({ directory });
  tell('settings', describeSettings({ ...settings, file: relative(directory, settings.file) }));
  if (!usesExampleCatalog(directory, settings.values)) return settings;
  const isNew = await ensureSampleDatabase({ file: join(directory, sampleDatabasePath) });
  tell('database', `${sampleDatabasePath}, the sample${isNew ? ', made just now' : ''}`);
  return settings;
}

async function startHost({ directory, port, avoidFunc }: StartOptions): Promise<Child> {
  const func = avoidFunc ? undefined : await findProgram('func');
  if (func !== undefined) {
    tell('host', `func, the Azure Functions Core Tools (${func})`);
    return startCoreTools(func, directory, port);
  }
  const why = avoidFunc ? 'as asked' : 'func, the Azure Functions Core Tools, is not on the PATH';
  tell('host', `the local host of this project (${why})`);
  return startHostChild({ directory, port, stateFile: hostStateFile(directory) });
}

async function watch(
  host: Child,
  { values }: LocalSettings,
  { directory, port, signal }: StartOptions,
): Promise<number> {
  const url = `http://127.0.0.1:${port}`;
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const exited = host.exited.finally(() => ended.abort());
  const live = waitUntilLive(url, stop).then(
    () => console.log(firstCommands(url, usesExampleCatalog(directory, values))),
    () => undefined,
  );
  await Promise.race([exited, aborted(signal)]);
  ended.abort();
  await live;
  if (signal.aborted) return 0;
  console.error(`The host ended by itself (${await exited}). Its last lines say why.`);
  return 1;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function describeStorage(storage: LocalStorage): string {
  if (storage.kind === 'not_needed') return 'as the settings say; no emulator is needed';
  if (storage.kind === 'running') return 'the emulator that runs on ports 10000 to 10002 already';
  return 'Azurite on 127.0.0.1, ports 10000 to 10002, data in .sluice/azurite';
}

function tell(subject: string, text: string): void {
  console.log(`${subject.padEnd(10)}${text}`);
}
