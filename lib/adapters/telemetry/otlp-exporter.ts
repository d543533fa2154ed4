import { ExportResultCode } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { type Health, troubleOf } from './health.ts';

const timeoutMs = 10_000;

/**
 * Sends to an OTLP receiver over HTTP, in protobuf, and gives up after ten seconds, retries included.
 * Headers, compression and certificates come from the standard's own settings, OTEL_EXPORTER_OTLP_….
 */
export function createOtlpExporter(endpoint: string, health: Health): PushMetricExporter {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/metrics`;
  const exporter = new OTLPMetricExporter({ url, timeoutMillis: timeoutMs });
  return {
    export: (metrics, done) =>
      exporter.export(metrics, (result) => {
        if (result.code === ExportResultCode.SUCCESS) health.works();
        else health.fails(troubleOf(result.error));
        done(result);
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
    selectAggregationTemporality: (type) => exporter.selectAggregationTemporality(type),
  };
}
