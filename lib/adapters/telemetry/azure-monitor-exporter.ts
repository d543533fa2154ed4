import type { TokenCredential } from '@azure/core-auth';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { AzureMonitorMetricExporter } from '@azure/monitor-opentelemetry-exporter';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { type Health, troubleOf } from './health.ts';

export interface AzureMonitorTarget {
  readonly connectionString: string;
  /** Needs the role Monitoring Metrics Publisher; there is no other way in. */
  readonly credential: TokenCredential;
}

const tryTimeoutMs = 5_000;
const timeoutMs = 20_000;

/**
 * Sends to Application Insights with an Entra token, and gives up after 20 seconds, retries included.
 * What could not be sent is lost and not kept on disk: the log has the same numbers.
 */
export function createAzureMonitorExporter(
  { connectionString, credential }: AzureMonitorTarget,
  health: Health,
): PushMetricExporter {
  const exporter = new AzureMonitorMetricExporter({
    connectionString,
    credential,
    disableOfflineStorage: true,
    retryOptions: { maxRetries: 2 },
    additionalPolicies: [{ policy: boundedAndWatched(health), position: 'perCall' }],
  });
  return {
    export(metrics, done) {
      const end = (result: ExportResult) => {
        if (result.code === ExportResultCode.FAILED) health.fails(troubleOf(result.error));
        done(result);
      };
      exporter
        .export(metrics, end)
        .catch((error: Error) => end({ code: ExportResultCode.FAILED, error }));
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
    selectAggregationTemporality: (type) => exporter.selectAggregationTemporality(type),
  };
}

/** The exporter calls what it dropped a success too, so how a request went is seen here. */
function boundedAndWatched(health: Health): PipelinePolicy {
  return {
    name: 'sluiceBoundedAndWatched',
    async sendRequest(request, next) {
      request.timeout = tryTimeoutMs;
      request.abortSignal = AbortSignal.timeout(timeoutMs);
      try {
        const response = await next(request);
        if (response.status === 200) health.works();
        else health.fails({ status: response.status });
        return response;
      } catch (error) {
        health.fails(troubleOf(error));
        throw error;
      }
    },
  };
}
