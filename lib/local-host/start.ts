import { randomBytes } from 'node:crypto';
import { clientBindingData, type PublicEndpoint } from './durable/api/management-urls.ts';
import { openStore, type Store } from './durable/store/store.ts';
import { readEnvironment, setEnvironment, setEnvironmentDefault } from './environment.ts';
import { Faults } from './faults.ts';
import { createGeneration, type Generation, type GenerationParts } from './generation.ts';
import { toError } from './host-error.ts';
import { rpcPath } from './http/client-api.ts';
import { type Listener, listen } from './http/listen.ts';
import type { HostFunction } from './loader/functions.ts';
import { consoleLog, type HostLog } from './log.ts';
import { type HostOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { type HostSettings, readHostSettings } from './settings/host-json.ts';
import { applyLocalSettings } from './settings/local-settings.ts';

/** A host that is up. */
export interface LocalHost {
  /** Without a slash at the end, e.g. http://127.0.0.1:7071. */
  readonly url: string;
  readonly functions: readonly HostFunction[];
  readonly faults: Faults;
  /** Resolves with the reason when the host has ended by itself. */
  readonly failed: Promise<string>;
  /** Takes no new work, waits up to five seconds for what runs, and lets go of port and state file. */
  close(): Promise<void>;
}

/** As on the real host: after SIGTERM running work gets this long. */
const stopGraceMs = 5_000;

/** Loads an app and serves it. Its settings go into this process's environment, so one app at a time. */
export async function startLocalHost(options: HostOptions = {}): Promise<LocalHost> {
  const resolved = resolveOptions(options);
  applyLocalSettings(resolved.appDirectory);
  setEnvironmentDefault('AZURE_FUNCTIONS_ENVIRONMENT', 'Development');
  const settings = readHostSettings(resolved.appDirectory);
  const log = resolved.log ?? consoleLog(settings.logLevel);
  const store = openStore(resolved.stateFile);
  try {
    return await assemble({ resolved, settings, log, store });
  } catch (error) {
    store.close();
    throw error;
  }
}

interface Parts {
  readonly resolved: ResolvedOptions;
  readonly settings: HostSettings;
  readonly log: HostLog;
  readonly store: Store;
}

async function assemble(parts: Parts): Promise<LocalHost> {
  const { resolved, log } = parts;
  const lives = new Lives(parts);
  const rpc = await listen('127.0.0.1', 0, log, async (request, response) =>
    (await lives.current).serveRpc(request, response),
  );
  const listeners = [rpc];
  try {
    const web = await listen(resolved.host, resolved.port, log, async (request, response) =>
      (await lives.current).serve(request, response),
    );
    listeners.unshift(web);
    setWebsiteHostname(web.port);
    const { functions } = await lives.begin(web.port, rpc.port);
    const close = once(() => shutDown(parts, lives, listeners));
    const failed = lives.givenUp.then(async (reason) => {
      await close();
      return reason;
    });
    const url = `http://${resolved.host}:${web.port}`;
    return { url, functions, faults: lives.faults, failed, close };
  } catch (error) {
    for (const listener of listeners) await listener.close(0);
    throw error;
  }
}

/** The lives of a host: each ends with a restart inside the process; port, state file and switches stay. */
class Lives {
  readonly faults: Faults;
  readonly #parts: Parts;
  readonly #first = Promise.withResolvers<Generation>();
  readonly #givenUp = Promise.withResolvers<string>();
  #current = this.#first.promise;
  #generationParts: GenerationParts | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.faults = new Faults(parts.resolved.faults);
    this.faults.attach({
      workerDies: () => void this.#current.then((life) => life.killWorker()),
      hostRestarts: () => this.#restart(),
    });
    this.#first.promise.catch(() => undefined);
  }

  /** The life that requests are served by; they wait while there is none. */
  get current(): Promise<Generation> {
    return this.#current;
  }

  /** Resolves with the reason when the worker has died too often. */
  get givenUp(): Promise<string> {
    return this.#givenUp.promise;
  }

  async begin(webPort: number, rpcPort: number): Promise<Generation> {
    const { resolved, settings, log, store } = this.#parts;
    const { appDirectory, strict } = resolved;
    const endpoint: PublicEndpoint = {
      origin: `http://localhost:${webPort}`,
      taskHubName: settings.taskHubName,
      systemKey: systemKey(store),
    };
    const clientData = clientBindingData(endpoint, `http://127.0.0.1:${rpcPort}${rpcPath}/`);
    const onGivenUp = (reason: string) => this.#giveUp(reason);
    this.#generationParts = {
      ...{ appDirectory, settings, strict, log, store, faults: this.faults },
      ...{ endpoint, clientData, onGivenUp },
    };
    try {
      const generation = await createGeneration(this.#generationParts);
      generation.start(resolved.recoveryDelayMs);
      this.#first.resolve(generation);
      return generation;
    } catch (error) {
      this.#first.reject(error);
      throw error;
    }
  }

  #restart(): void {
    const parts = this.#generationParts;
    if (parts === undefined) return;
    const last = this.#current;
    this.#current = last.then(async (life) => {
      await life.abort();
      const next = await createGeneration(parts);
      next.start(0);
      return next;
    });
    this.#current.catch((error: unknown) => this.#giveUp(toError(error).message));
  }

  #giveUp(reason: string): void {
    this.#parts.log.write('critical', reason);
    this.#givenUp.resolve(reason);
  }
}

function setWebsiteHostname(port: number): void {
  const name = readEnvironment('WEBSITE_HOSTNAME') ?? 'localhost';
  // Without this setting the library rewrites every link to port 7071.
  if (name.startsWith('localhost')) setEnvironment('WEBSITE_HOSTNAME', `localhost:${port}`);
}

function systemKey(store: Store): string {
  const known = store.meta.find('system key');
  if (known !== undefined) return known;
  const key = randomBytes(32).toString('base64url');
  store.meta.save('system key', key);
  return key;
}

async function shutDown(
  { store }: Parts,
  lives: Lives,
  [web, rpc]: readonly Listener[],
): Promise<void> {
  const life = await lives.current.catch(() => undefined);
  const work = Promise.all([life?.finish(), web?.close(stopGraceMs)]);
  const finished = await within(stopGraceMs, work);
  await life?.stopWorker();
  await web?.close(0).catch(() => undefined);
  await rpc?.close(0);
  if (finished) life?.markCleanStop();
  store.close();
}

async function within(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  let timeout: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timeout = setTimeout(() => resolve(false), timeoutMs);
  });
  const result = await Promise.race([work.then(() => true), late]);
  clearTimeout(timeout);
  return result;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
