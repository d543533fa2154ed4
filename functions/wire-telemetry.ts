import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenCredential } from '@azure/core-auth';
import { createTelemetry, type Telemetry } from '../lib/adapters/telemetry/telemetry.ts';
import type { Config } from '../lib/config/config.ts';
import { presetEnvironment } from '../lib/config/env.ts';
import type { Log } from '../lib/core/log.ts';

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
