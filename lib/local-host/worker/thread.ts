import { parentPort, workerData } from 'node:worker_threads';
import { HostError, toError } from '../host-error.ts';
import { writeInvocationLog } from '../invoke/invocation-log.ts';
import { createInvoker, type Invoke, type Outcome } from '../invoke/invoker.ts';
import type { CoreApi } from '../loader/core-api.ts';
import type { TypedData } from '../loader/core-types.ts';
import { type HostFunction, hostFunctions } from '../loader/functions.ts';
import { loadApp } from '../loader/load-app.ts';
import type { HostLog } from '../log.ts';
import type {
  CallMessage,
  FromWorker,
  ToWorker,
  WireError,
  WireOutcome,
  WorkerStart,
} from './messages.ts';

// The thread that the app lives in: it loads the app, runs its functions when it is told to, and can die without
// the host, as the language worker of the real host can.

if (parentPort === null) throw new TypeError('This file is the code of a worker thread.');
const port = parentPort;
const tell = (message: FromWorker) => port.postMessage(message);
const log: HostLog = { write: (level, message) => tell({ kind: 'log', level, message }) };

try {
  await serve(workerData);
} catch (error) {
  const isKnown = error instanceof HostError || error instanceof TypeError;
  tell({ kind: 'unusable', error: toWireError(error), isKnown });
}

async function serve({ appDirectory, clientData }: WorkerStart): Promise<void> {
  const core = await loadApp(appDirectory);
  core.systemLog = (level, category, message) =>
    writeInvocationLog(core, log, { level, category, message });
  const invoke = createInvoker(core, log, () => clientData);
  const functions = hostFunctions(core);
  const byName = new Map(functions.map((target) => [target.name, target]));
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'stop') void stop(core);
    else void answer(invoke, byName.get(message.name), message);
  });
  tell({ kind: 'loaded', functions });
}

async function answer(
  invoke: Invoke,
  target: HostFunction | undefined,
  { id, data, triggerMetadata }: CallMessage,
): Promise<void> {
  if (target === undefined) throw new TypeError('The host called a function that is not there.');
  const call = { target, data: withBuffers(data), triggerMetadata };
  const outcome = await invoke(call, () => tell({ kind: 'began', id }));
  tell({ kind: 'ended', id, outcome: toWire(target, outcome) });
}

/** A message carries plain bytes; the library wants a Buffer. */
function withBuffers(data: TypedData | undefined): TypedData | undefined {
  const bytes = data?.http?.body?.bytes;
  if (bytes === undefined) return data;
  return { http: { ...data?.http, body: { bytes: Buffer.from(bytes) } } };
}

/** Only an orchestrator's own answer is looked at by the host; another handler's value may not be a message. */
function toWire({ kind }: HostFunction, outcome: Outcome): WireOutcome {
  if (!outcome.ok) return { ok: false, error: toWireError(outcome.error) };
  const { result, response } = outcome;
  return { ok: true, result: kind === 'orchestration' ? result : undefined, response };
}

function toWireError(thrown: unknown): WireError {
  const { message, stack } = toError(thrown);
  return { message, stack };
}

async function stop(core: CoreApi): Promise<void> {
  for (const hook of core.hooks('appTerminate')) await hook({ hookData: {}, appHookData: {} });
  tell({ kind: 'stopped' });
}
