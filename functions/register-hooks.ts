import { app, type InvocationContext } from '@azure/functions';
import type { Invocation } from '../lib/adapters/telemetry/invocation-context.ts';
import type { Adapters } from './adapters.ts';

/** Log lines and new orchestrations know the invocation that they come from; the last metrics are sent. */
export function registerHooks({ invocations, telemetry }: Adapters): void {
  app.hook.preInvocation((call) => {
    const { functionHandler, invocationContext } = call;
    const invocation = invocationOf(invocationContext);
    call.functionHandler = (...inputs) =>
      invocations.run(invocation, () => functionHandler(...inputs));
  });
  app.hook.appTerminate(() => telemetry.close());
}

function invocationOf({ functionName, invocationId, traceContext }: InvocationContext): Invocation {
  return {
    functionName,
    invocationId,
    traceparent: traceContext?.traceParent,
    tracestate: traceContext?.traceState,
  };
}
