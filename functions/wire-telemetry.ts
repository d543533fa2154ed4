import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenCredential } from '@azure/core-auth';
import { app, type InvocationContext } from '@azure/functions';
import type { Invocation } from '../lib/adapters/telemetry/invocation-context.ts';
import { createTelemetry, type Telemetry } from '../lib/adapters/telemetry/telemetry.ts';
import type { Config } from '../lib/config/config.ts';
import { presetEnvironment } from '../lib/config/env.ts';
import type { Log } from '../lib/core/log.ts';
import type { Adapters } from './adapters.ts';

export interface TelemetryParts {
  /** Of the app's own identity. */
  readonly credential: () => TokenCredential;
  readonly appDirectory: string;
  readonly log: Log;
}

/** Metrics to where the settings say. */
export function wireTelemetry(
  { environment, region, telemetry }: Config,
  { credential, appDirectory, log }: TelemetryParts,
): Telemetry {
  const { azureMonitor: connectionString, otlpEndpoint } = telemetry;
  // Else the exporter tells its maker how it is used, from an operator's network and unasked.
  presetEnvironment({ APPLICATION_INSIGHTS_NO_STATSBEAT: 'true' });
  return createTelemetry({
    azureMonitor:
      connectionString === undefined ? undefined : { connectionString, credential: credential() },
    otlpEndpoint,
    service: { version: readVersion(appDirectory), environment, region },
    log,
  });
}

function readVersion(appDirectory: string): string {
  const text = readFileSync(join(appDirectory, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

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
