import { randomBytes } from 'node:crypto';
import { clientBindingData, type PublicEndpoint } from './durable/api/management-urls.ts';
import { DurableRuntime } from './durable/runtime.ts';
import { openStore, type Store } from './durable/store/store.ts';
import { readEnvironment, setEnvironment, setEnvironmentDefault } from './environment.ts';
import { Faults } from './faults.ts';
import { rpcPath, serveClientApi } from './http/client-api.ts';
import { serve } from './http/function-server.ts';
import { type Listener, listen } from './http/listen.ts';
import { createRouteTable } from './http/route-table.ts';
import { writeInvocationLog } from './invoke/invocation-log.ts';
import { createInvoker, type Invoke } from './invoke/invoker.ts';
import type { CoreApi } from './loader/core-api.ts';
import { type HostFunction, hostFunctions } from './loader/functions.ts';
import { loadApp } from './loader/load-app.ts';
import { consoleLog, type HostLog } from './log.ts';
import { type HostOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { type HostSettings, readHostSettings } from './settings/host-json.ts';
import { applyLocalSettings } from './settings/local-settings.ts';
import { TimerRunner } from './timers/timer-runner.ts';

/** A host that is up. */
interface LocalHost {
  /** Without a slash at the end, e.g. http://127.0.0.1:7071. */
  readonly url: string;
  readonly functions: readonly HostFunction[];
  readonly faults: Faults;
  /** Takes no new work, waits up to five seconds for what runs, and lets go of port and state file. */
  close(): Promise<void>;
}

/** As on the real host: after SIGTERM running work gets this long. */
const stopGraceMs = 5_000;

/** Loads an app and serves it. A process can serve one app, one host at a time. */
export async function startLocalHost(options: HostOptions = {}): Promise<LocalHost> {
  const resolved = resolveOptions(options);
  applyLocalSettings(resolved.appDirectory);
  setEnvironmentDefault('AZURE_FUNCTIONS_ENVIRONMENT', 'Development');
  const settings = readHostSettings(resolved.appDirectory);
  const log = resolved.log ?? consoleLog(settings.logLevel);
  const core = await loadApp(resolved.appDirectory);
  core.systemLog = (level, category, message) =>
    writeInvocationLog(core, log, { level, category, message });
  const store = openStore(resolved.stateFile);
  try {
    return await assemble({ resolved, settings, log, core, store });
  } catch (error) {
    store.close();
    throw error;
  }
}

interface Parts {
  readonly resolved: ResolvedOptions;
  readonly settings: HostSettings;
  readonly log: HostLog;
  readonly core: CoreApi;
  readonly store: Store;
}

async function assemble({ resolved, settings, log, core, store }: Parts): Promise<LocalHost> {
  const functions = hostFunctions(core);
  const faults = new Faults(resolved.faults);
  const endpoint: { current: PublicEndpoint; rpcBaseUrl: string } = {
    current: { origin: '', taskHubName: settings.taskHubName, systemKey: systemKey(store) },
    rpcBaseUrl: '',
  };
  const invoke = createInvoker(core, log, () =>
    clientBindingData(endpoint.current, endpoint.rpcBaseUrl),
  );
  const runtime = createRuntime({ resolved, settings, log, store, functions, faults, invoke });
  const timers = functions
    .filter(({ kind }) => kind === 'timer')
    .map((target) => new TimerRunner(target, invoke, store.schedules, log));
  const client = { hub: runtime.hub, endpoint: () => endpoint.current };
  const routes = createRouteTable(functions, settings.routePrefix);
  const admin = { functions, faults, runTimer: (name: string) => runTimer(timers, name) };
  const scope = { routes, admin, client, invoke, log };
  const rpc = await listen('127.0.0.1', 0, log, (request, response) =>
    serveClientApi(client, rpcPath, request, response),
  );
  const web = await listenOrClose(rpc, () =>
    listen(resolved.host, resolved.port, log, (request, response) =>
      serve(scope, request, response),
    ),
  );
  endpoint.current = { ...endpoint.current, origin: `http://localhost:${web.port}` };
  endpoint.rpcBaseUrl = `http://127.0.0.1:${rpc.port}${rpcPath}/`;
  setWebsiteHostname(web.port);
  // As on the real host: a hub that no function works for keeps its messages.
  const hasDurable = functions.some(({ kind }) => kind === 'orchestration' || kind === 'activity');
  if (hasDurable) runtime.start(resolved.recoveryDelayMs);
  for (const timer of timers) timer.start();
  const url = `http://${resolved.host}:${web.port}`;
  const close = () => shutDown({ web, rpc, timers, runtime, core, store });
  return { url, functions, faults, close: once(close) };
}

function createRuntime(
  parts: Omit<Parts, 'core'> & {
    readonly functions: readonly HostFunction[];
    readonly faults: Faults;
    readonly invoke: Invoke;
  },
): DurableRuntime {
  const { resolved, settings, log, store, functions, faults, invoke } = parts;
  const byName = new Map(
    functions.map((target) => [`${target.kind} ${target.name.toLowerCase()}`, target]),
  );
  const findFunction = (kind: string, name: string) => byName.get(`${kind} ${name.toLowerCase()}`);
  const { strict } = resolved;
  const { versioning } = settings;
  return new DurableRuntime(
    { store, faults, log, invoke, strict, versioning, findFunction },
    settings,
  );
}

async function listenOrClose(rpc: Listener, open: () => Promise<Listener>): Promise<Listener> {
  try {
    return await open();
  } catch (error) {
    await rpc.close(0);
    throw error;
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

function runTimer(timers: readonly TimerRunner[], name: string): boolean {
  const timer = timers.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  timer?.runNow();
  return timer !== undefined;
}

interface Running {
  readonly web: Listener;
  readonly rpc: Listener;
  readonly timers: readonly TimerRunner[];
  readonly runtime: DurableRuntime;
  readonly core: CoreApi;
  readonly store: Store;
}

async function shutDown({ web, rpc, timers, runtime, core, store }: Running): Promise<void> {
  const work = Promise.all([
    ...timers.map((timer) => timer.stop()),
    runtime.stop(),
    web.close(stopGraceMs),
  ]);
  const finished = await within(stopGraceMs, work);
  for (const hook of core.hooks('appTerminate')) await hook({ hookData: {}, appHookData: {} });
  await web.close(0).catch(() => undefined);
  await rpc.close(0);
  if (finished) runtime.markCleanStop();
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
