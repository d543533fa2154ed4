import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PublicEndpoint } from './durable/api/management-urls.ts';
import { DurableRuntime } from './durable/runtime.ts';
import type { Store } from './durable/store/store.ts';
import type { Faults } from './faults.ts';
import { rpcPath, serveClientApi } from './http/client-api.ts';
import { serve } from './http/function-server.ts';
import { createRouteTable } from './http/route-table.ts';
import type { HostFunction } from './loader/functions.ts';
import type { HostLog } from './log.ts';
import type { HostSettings } from './settings/host-json.ts';
import { TimerRunner } from './timers/timer-runner.ts';
import { LanguageWorker } from './worker/language-worker.ts';

/** What a generation is made of. */
export interface GenerationParts {
  readonly appDirectory: string;
  readonly settings: HostSettings;
  readonly strict: boolean;
  readonly log: HostLog;
  readonly store: Store;
  readonly faults: Faults;
  readonly endpoint: PublicEndpoint;
  /** What the durable client input of a function holds. */
  readonly clientData: string;
  /** The worker died too often; the host has to end. */
  readonly onGivenUp: (reason: string) => void;
}

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Everything of a host that a restart inside the process makes anew: worker, functions, episodes, timers. */
export interface Generation {
  readonly functions: readonly HostFunction[];
  /** Serves the host's public port, and the port of the durable client. */
  readonly serve: Serve;
  readonly serveRpc: Serve;
  /** Begins to work; after a crash unfinished work is kept back for a time. */
  start(recoveryDelayMs: number): void;
  /** The worker dies as by kill −9. */
  killWorker(): void;
  /** Everything under way fails as on the real host when it restarts, and nothing new begins. */
  abort(): Promise<void>;
  /** Takes no new work and waits for what runs. The caller bounds the wait. */
  finish(): Promise<void>;
  /** Runs the app's last hooks and ends the worker. */
  stopWorker(): Promise<void>;
  /** Notes that nothing was left running. */
  markCleanStop(): void;
}

/** Loads the app into a worker and puts the host's parts around it; nothing runs before `start`. */
export async function createGeneration(parts: GenerationParts): Promise<Generation> {
  const { appDirectory, settings, log, store, faults, endpoint, clientData, onGivenUp } = parts;
  const worker = new LanguageWorker({ appDirectory, clientData }, log, onGivenUp);
  const functions = await worker.functions();
  try {
    const invoke = worker.invoke.bind(worker);
    const runtime = createRuntime(parts, functions, worker);
    const timers = functions
      .filter(({ kind }) => kind === 'timer')
      .map((target) => new TimerRunner(target, invoke, store.schedules, log));
    const client = { hub: runtime.hub, endpoint: () => endpoint };
    const routes = createRouteTable(functions, settings.routePrefix);
    const admin = { functions, faults, runTimer: (name: string) => runTimer(timers, name) };
    const scope = { routes, admin, client, invoke, log };
    const finish = async () => {
      await Promise.all([...timers.map((timer) => timer.stop()), runtime.stop()]);
    };
    return {
      functions,
      serve: (request, response) => serve(scope, request, response),
      serveRpc: (request, response) => serveClientApi(client, rpcPath, request, response),
      start: (recoveryDelayMs) => {
        // As on the real host: a hub that no function works for keeps its messages.
        if (functions.some(isDurable)) runtime.start(recoveryDelayMs);
        for (const timer of timers) timer.start();
      },
      killWorker: () => worker.kill(),
      abort: async () => {
        const finished = finish();
        worker.discard();
        await finished;
      },
      finish,
      stopWorker: () => worker.stop(),
      markCleanStop: () => runtime.markCleanStop(),
    };
  } catch (error) {
    await worker.stop();
    throw error;
  }
}

function isDurable({ kind }: HostFunction): boolean {
  return kind === 'orchestration' || kind === 'activity';
}

function createRuntime(
  { settings, strict, log, store, faults }: GenerationParts,
  functions: readonly HostFunction[],
  worker: LanguageWorker,
): DurableRuntime {
  const byName = new Map(
    functions.map((target) => [`${target.kind} ${target.name.toLowerCase()}`, target]),
  );
  const findFunction = (kind: string, name: string) => byName.get(`${kind} ${name.toLowerCase()}`);
  const invoke = worker.invoke.bind(worker);
  const { versioning } = settings;
  return new DurableRuntime(
    { store, faults, log, invoke, strict, versioning, findFunction },
    settings,
  );
}

function runTimer(timers: readonly TimerRunner[], name: string): boolean {
  const timer = timers.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  timer?.runNow();
  return timer !== undefined;
}
