import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { createInstruments } from '../../../../lib/adapters/telemetry/instruments.ts';
import type { Metrics } from '../../../../lib/core/metrics.ts';

/** The attributes of each metric that the app sends, by its name; every fact is told once to find them. */
export async function metricsOfApp(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const reader = new PeriodicExportingMetricReader({ exporter });
  const provider = new MeterProvider({ readers: [reader] });
  tellEverything(createInstruments(provider.getMeter('monitoring')));
  await provider.forceFlush();
  const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
  await provider.shutdown();
  return new Map(
    found
      .flatMap(({ metrics }) => metrics)
      .map(({ descriptor, dataPoints }) => [
        descriptor.name,
        new Set(dataPoints.flatMap(({ attributes }) => Object.keys(attributes))),
      ]),
  );
}

function tellEverything(metrics: Metrics): void {
  metrics.tableExported({ table: 't', source: 's', rows: 1, bytes: 1, durationMs: 1 });
  metrics.exportEnded({ status: 'ready', durationMs: 1 });
  metrics.deliveryAttempted({ outcome: 'delivered', type: 'webhook.test' });
  metrics.deliveriesMeasured({ overdue: 1 });
  metrics.queueMeasured({ pending: 1, oldestPendingSeconds: 1 });
  metrics.sweepDone({ deleted: 1, lagSeconds: 1 });
}
