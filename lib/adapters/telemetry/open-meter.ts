import { randomUUID } from 'node:crypto';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import type { Log } from '../../core/log.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { AzureMonitorTarget } from './azure-monitor-exporter.ts';
import { createHealth, type Health } from './health.ts';
import { createInstruments } from './instruments.ts';
import { oneAtATime } from './one-at-a-time.ts';

export interface MeterOptions {
  readonly azureMonitor?: AzureMonitorTarget | undefined;
  /** An OTLP receiver's base address, without `/v1/metrics`. */
  readonly otlpEndpoint?: string | undefined;
  readonly service: Service;
  readonly log: Log;
  readonly exportEveryMs: number;
}

/** Whose numbers they are. */
export interface Service {
  readonly version: string;
  readonly environment: string;
  readonly region: string;
}

export interface OpenMeter {
  readonly metrics: Metrics;
  /** Sends what was not sent yet and closes. */
  close(): Promise<void>;
}

/** Loads what the receivers need, and no more, and begins to send to each of them. */
export async function openMeter(options: MeterOptions): Promise<OpenMeter> {
  const exporters = await loadExporters(options);
  const readers = exporters.map(
    (exporter) =>
      new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: options.exportEveryMs,
        exportTimeoutMillis: Math.min(30_000, options.exportEveryMs),
      }),
  );
  const provider = new MeterProvider({ resource: resourceOf(options.service), readers });
  return {
    metrics: createInstruments(provider.getMeter('sluice', options.service.version)),
    close: () => provider.shutdown(),
  };
}

async function loadExporters({
  azureMonitor,
  otlpEndpoint,
  log,
}: MeterOptions): Promise<readonly PushMetricExporter[]> {
  const exporters = [
    azureMonitor &&
      (await load('azure-monitor', log, async (health) => {
        const { createAzureMonitorExporter } = await import('./azure-monitor-exporter.ts');
        return createAzureMonitorExporter(azureMonitor, health);
      })),
    otlpEndpoint &&
      (await load('otlp', log, async (health) => {
        const { createOtlpExporter } = await import('./otlp-exporter.ts');
        return createOtlpExporter(otlpEndpoint, health);
      })),
  ];
  return exporters.filter((exporter) => typeof exporter === 'object');
}

/** One receiver whose package or settings are broken takes nothing from the other. */
async function load(
  receiver: string,
  log: Log,
  create: (health: Health) => Promise<PushMetricExporter>,
): Promise<PushMetricExporter | undefined> {
  const health = createHealth(receiver, log);
  try {
    return oneAtATime(await create(health), health);
  } catch (error) {
    log.error('metrics are not sent', error, { receiver });
    return undefined;
  }
}

/** Each process has an id of its own: two that count up the same series must not overwrite each other. */
function resourceOf({ version, environment, region }: Service): Resource {
  return defaultResource().merge(
    resourceFromAttributes({
      'service.name': 'sluice',
      'service.version': version,
      'service.instance.id': randomUUID(),
      'deployment.environment.name': environment,
      'cloud.region': region,
    }),
  );
}
