import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type HostProcess, startHostProcess } from './host-process.ts';
import { makeRelease } from './release.ts';
import { until } from './until.ts';

/** What the client API says of an instance. */
interface TrialStatus {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly historyEvents?: readonly {
    readonly EventType: string;
    readonly FunctionName?: string;
  }[];
}

/** The trial app on a host of its own. */
export interface TrialHost {
  readonly process: HostProcess;
  readonly url: string;
  start(name: string, id: string, input?: unknown): Promise<Response>;
  /** Calls the public client API below /instances with its key. */
  instances(path: string, init?: RequestInit): Promise<Response>;
  status(id: string): Promise<TrialStatus | undefined>;
  inState(id: string, runtimeStatus: string): Promise<TrialStatus>;
  ended(id: string): Promise<TrialStatus>;
  setFaults(faults: unknown): Promise<Response>;
}

interface TrialOptions {
  readonly folder: string;
  readonly faults?: unknown;
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Keys of host.json's durableTask that are other than the trial app's own. */
  readonly durableTask?: object;
}

const app = resolve(import.meta.dirname, '../apps/trial');
const endStates = ['Completed', 'Failed', 'Terminated'];

/** Starts the trial app; timers are off unless the environment says otherwise. */
export async function startTrialHost(options: TrialOptions): Promise<TrialHost> {
  const faults = options.faults === undefined ? [] : ['--faults', JSON.stringify(options.faults)];
  const process = await startHostProcess({
    app:
      options.durableTask === undefined
        ? app
        : makeRelease(app, options.folder, options.durableTask),
    folder: options.folder,
    flags: [...faults, ...(options.flags ?? [])],
    environment: {
      TRIAL_HUB: 'TrialHub',
      TRIAL_TRACE: traceFile(options.folder),
      TRIAL_SCHEDULE: '0 0 0 1 1 *',
      'AzureWebJobs.slow.Disabled': 'true',
      ...options.environment,
    },
  });
  return toTrialHost(process);
}

/** The lines the trial app has noted so far. */
export function traceLines(folder: string): readonly string[] {
  const file = traceFile(folder);
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

/** Lets everything through that waits at the gate. */
export function openGate(folder: string, name = 'open'): void {
  writeFileSync(`${traceFile(folder)}.${name}`, '');
}

function traceFile(folder: string): string {
  return join(folder, 'trial.log');
}

function toTrialHost(process: HostProcess): TrialHost {
  const { url } = process;
  // Asked of the app once: it may be dying while a test looks at an instance.
  const readCode = async (): Promise<string> => {
    const links = (await (await fetch(`${url}/links`)).json()) as { statusQueryGetUri: string };
    return new URL(links.statusQueryGetUri).searchParams.get('code') ?? '';
  };
  const code = readCode();
  code.catch(() => undefined);
  const instances = async (path: string, init?: RequestInit): Promise<Response> => {
    const target = new URL(`${url}/runtime/webhooks/durabletask/instances${path}`);
    target.searchParams.set('code', await code);
    return await fetch(target, init);
  };
  const status = async (id: string): Promise<TrialStatus | undefined> => {
    const response = await instances(
      `/${encodeURIComponent(id)}?showHistory=true&showHistoryOutput=true`,
    );
    return response.status === 404 ? undefined : ((await response.json()) as TrialStatus);
  };
  const wait = (id: string, wanted: readonly string[]) =>
    until(`${id} to be ${wanted.join(' or ')}`, async () => {
      const found = await status(id);
      return found !== undefined && wanted.includes(found.runtimeStatus) ? found : undefined;
    });
  return {
    process,
    url,
    instances,
    status,
    ended: (id) => wait(id, endStates),
    inState: (id, wanted) => wait(id, [wanted]),
    start: (name, id, input) =>
      fetch(`${url}/start/${name}/${encodeURIComponent(id)}`, {
        method: 'POST',
        ...(input === undefined ? {} : { body: JSON.stringify(input) }),
      }),
    setFaults: (faults) =>
      fetch(`${url}/admin/local-host/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(faults),
      }),
  };
}
