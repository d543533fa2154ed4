import { join, relative } from 'node:path';
import { ensureSampleDatabase, sampleDatabasePath } from '../demo/sample-database.ts';
import { HostError } from '../host-error.ts';
import { describeSettings } from '../setup/describe-settings.ts';
import { type LocalSettings, prepareLocal } from '../setup/prepare-local.ts';
import { usesExampleCatalog } from '../setup/sample-catalog.ts';
import { checkSettings } from './check-settings.ts';
import type { Child } from './child-process.ts';
import { ensureStorage, type LocalStorage } from './ensure-storage.ts';
import { findProgram } from './find-program.ts';
import { firstCommands } from './first-commands.ts';
import { lockFolder } from './folder-lock.ts';
import { isAnswering } from './is-answering.ts';
import { hostStateFile, startCoreTools, startHostChild } from './start-host.ts';
import { waitUntilReady } from './wait-until-ready.ts';

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
  const lock = lockFolder(directory);
  try {
    const settings = await prepare(directory, port);
    await checkSettings(directory, settings.values, signal);
    const storage = await ensureStorage(directory, settings.values);
    if (storage.kind === 'started') started.push(storage.azurite.process);
    tell('storage', describeStorage(storage));
    signal.throwIfAborted();
    const host = await startHost(options, storage.kind === 'started' ? storage.settings : {});
    started.push(host);
    return await watch(host, settings, options);
  } finally {
    // The host first: it may have something left to store.
    for (const child of started.reverse()) await child.stop();
    lock.release();
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

async function startHost(
  { directory, port, avoidFunc }: StartOptions,
  environment: Readonly<Record<string, string>>,
): Promise<Child> {
  const func = avoidFunc ? undefined : await findProgram('func');
  if (func !== undefined) {
    tell('host', `func, the Azure Functions Core Tools (${func})`);
    return startCoreTools(func, { directory, port, environment });
  }
  const why = avoidFunc ? 'as asked' : 'func, the Azure Functions Core Tools, is not on the PATH';
  tell('host', `the local host of this project (${why})`);
  const stateFile = hostStateFile(directory);
  return startHostChild({ directory, port, stateFile, environment });
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
  const ready = waitUntilReady(url, stop, (troubles) => tellTroubles('not ready', troubles)).then(
    ({ troubles }) => {
      tellTroubles('ready, but', troubles);
      console.log(firstCommands(url, usesExampleCatalog(directory, values)));
    },
    () => undefined,
  );
  await Promise.race([exited, aborted(signal)]);
  ended.abort();
  await ready;
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
  const { blob, queue, table } = storage.azurite.ports;
  const why = storage.isUsual ? '' : '; another emulator has the usual ones';
  return `Azurite on 127.0.0.1, ports ${blob}, ${queue} and ${table}, data in .sluice/azurite${why}`;
}

function tellTroubles(subject: string, troubles: readonly string[]): void {
  for (const trouble of troubles) tell(subject, trouble);
}

function tell(subject: string, text: string): void {
  console.log(`${subject.padEnd(12)}${text}`);
}
