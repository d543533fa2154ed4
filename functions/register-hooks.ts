import { app, type InvocationContext } from '@azure/functions';
import type { Invocation } from '../lib/adapters/telemetry/invocation-context.ts';
import type { Adapters } from './adapters.ts';

/** Log lines and new orchestrations know the invocation that they come from; the last metrics are sent. */
export function registerHooks({ invocations, telemetry }: Adapters): void {
  app.hook.preInvocation((call) => {
    const { functionHandler, invocationContext } = call;
    const running = { isOver: false };
    const invocation = invocationOf(invocationContext, running);
    call.functionHandler = async (...inputs) => {
      try {
        return await invocations.run(invocation, () => functionHandler(...inputs));
      } finally {
        running.isOver = true;
      }
    };
  });
  app.hook.appTerminate(() => telemetry.close());
}

function invocationOf(
  context: InvocationContext,
  running: { readonly isOver: boolean },
): Invocation {
  const { functionName, invocationId, traceContext } = context;
  return {
    functionName,
    invocationId,
    traceparent: traceContext?.traceParent,
    tracestate: traceContext?.traceState,
    write: (line, level) => {
      // The host complains about lines of an invocation that has ended.
      if (running.isOver) return false;
      context[level](line);
      return true;
    },
  };
}
