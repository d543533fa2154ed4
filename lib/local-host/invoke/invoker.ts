import { randomBytes, randomUUID } from 'node:crypto';
import { HostError } from '../host-error.ts';
import type { CoreApi } from '../loader/core-api.ts';
import type {
  CoreInvocationContext,
  FunctionCallback,
  InvocationModel,
  RpcResponse,
  TypedData,
} from '../loader/core-types.ts';
import type { HostFunction } from '../loader/functions.ts';
import type { HostLog } from '../log.ts';
import { writeInvocationLog } from './invocation-log.ts';

/** One call of one function. */
export interface Call {
  readonly target: HostFunction;
  readonly data: TypedData | undefined;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>> | undefined;
}

/** How a call ended: `result` is the handler's own value, `response` its form on the wire. */
export type Outcome =
  | { readonly ok: true; readonly result: unknown; readonly response: RpcResponse }
  | { readonly ok: false; readonly error: unknown };

/** Told when a function's own code is about to run. */
export type OnBegin = () => void;

export type Invoke = (call: Call, onBegin?: OnBegin) => Promise<Outcome>;

/** Calls functions as the real worker does: hooks before, handler, hooks after, answer. Never rejects. */
export function createInvoker(core: CoreApi, log: HostLog, clientData: () => string): Invoke {
  const model = core.model;
  if (model === undefined) throw new HostError('The app set no programming model.');
  return async (call, onBegin = () => undefined) => {
    const coreContext = toCoreContext(core, log, call, clientData);
    const callback = core.registrations.get(call.target.name)?.callback;
    try {
      if (callback === undefined) throw new HostError(`There is no function ${call.target.name}.`);
      const invocation = await model.getInvocationModel(coreContext);
      return await run({ core, invocation, coreContext, callback, onBegin });
    } catch (error) {
      return { ok: false, error };
    }
  };
}

interface Run {
  readonly core: CoreApi;
  readonly invocation: InvocationModel;
  readonly coreContext: CoreInvocationContext;
  readonly callback: FunctionCallback;
  readonly onBegin: OnBegin;
}

async function run({ core, invocation, coreContext, callback, onBegin }: Run): Promise<Outcome> {
  const { context, inputs } = await invocation.getArguments();
  const shared = { hookData: {}, appHookData: {}, invocationContext: context };
  const before: Record<string, unknown> = { ...shared, inputs, functionCallback: callback };
  for (const hook of core.hooks('preInvocation')) await hook(before);
  const settled = await settle(() => {
    coreContext.state = 'invocation';
    onBegin();
    return invocation.invokeFunction(context, argumentsOf(before), callbackOf(before, callback));
  });
  coreContext.state = 'postInvocationHooks';
  const after: Record<string, unknown> = { ...shared, inputs: before['inputs'], ...settled };
  for (const hook of core.hooks('postInvocation')) await hook(after);
  coreContext.state = undefined;
  if (after['error'] !== null) return { ok: false, error: after['error'] };
  const result = after['result'];
  return { ok: true, result, response: await invocation.getResponse(context, result) };
}

async function settle(work: () => Promise<unknown>): Promise<{ result: unknown; error: unknown }> {
  try {
    return { result: await work(), error: null };
  } catch (error) {
    return { result: null, error: error ?? new Error('Unknown error') };
  }
}

function argumentsOf(hookContext: Record<string, unknown>): unknown[] {
  const inputs = hookContext['inputs'];
  return Array.isArray(inputs) ? inputs : [];
}

function callbackOf(
  hookContext: Record<string, unknown>,
  original: FunctionCallback,
): FunctionCallback {
  const replaced = hookContext['functionCallback'];
  return typeof replaced === 'function' ? (...inputs) => replaced(...inputs) : original;
}

function toCoreContext(
  core: CoreApi,
  log: HostLog,
  { target, data, triggerMetadata = {} }: Call,
  clientData: () => string,
): CoreInvocationContext {
  const invocationId = randomUUID();
  const clients = target.clientInputs.map((name) => ({ name, data: { string: clientData() } }));
  const traceParent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
  return {
    invocationId,
    metadata: target.metadata,
    request: {
      invocationId,
      functionId: target.name,
      inputData: [{ name: target.triggerName, data: data ?? null }, ...clients],
      triggerMetadata,
      traceContext: { traceParent, traceState: '' },
    },
    state: 'preInvocationHooks',
    log: (level, category, message) =>
      writeInvocationLog(core, log, { level, category, message, functionName: target.name }),
  };
}
