import {
  type Context,
  context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { LogFields } from '../../core/log.ts';

/** One call of one function, as the host tells it. */
export interface Invocation {
  readonly functionName: string;
  readonly invocationId: string;
  /** W3C Trace Context, as the host got it or made it. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  /** Hands a line to the host with its severity; false when the invocation is over. */
  readonly write?: (line: string, level: 'info' | 'warn' | 'error') => boolean;
}

export interface InvocationContext {
  /** Does the work inside the invocation's trace: what it starts in Durable Functions goes on with it. */
  run<Result>(invocation: Invocation, work: () => Result): Result;
  /** Writes a line where the host takes it for the invocation's own; false outside of any. */
  write(line: string, level: 'info' | 'warn' | 'error'): boolean;
  /** What a log line says of the invocation that it is written in; nothing outside of any. */
  fields(): LogFields;
}

const key = createContextKey('sluice invocation');

/**
 * Carries the host's trace context through everything that an invocation does. There is one for a
 * process, because it becomes the OpenTelemetry API's own, which the Durable client reads.
 */
export function createInvocationContext(): InvocationContext {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return {
    run: (invocation, work) => context.with(contextOf(invocation), work),
    write: (line, level) => {
      const invocation = context.active().getValue(key);
      return isInvocation(invocation) && invocation.write?.(line, level) === true;
    },
    fields: () => fieldsOf(context.active()),
  };
}

function contextOf(invocation: Invocation): Context {
  const { traceparent, tracestate } = invocation;
  const carrier = { ...(traceparent && { traceparent }), ...(tracestate && { tracestate }) };
  return propagation.extract(ROOT_CONTEXT, carrier).setValue(key, invocation);
}

function fieldsOf(active: Context): LogFields {
  const invocation = active.getValue(key);
  if (!isInvocation(invocation)) return {};
  return {
    function: invocation.functionName,
    functionInvocationId: invocation.invocationId,
    traceId: trace.getSpanContext(active)?.traceId,
  };
}

/** Nobody else has the key; this only tells the compiler. */
function isInvocation(value: unknown): value is Invocation {
  return value !== undefined;
}
