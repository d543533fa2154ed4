import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InstrumentType,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { type Health, troubleOf } from './health.ts';

/**
 * The exporter with one export under way at most: while one hangs, others fail at once and keep
 * nothing. A gauge is sent only in the minute in which it was measured, because the next measurement
 * may be another instance's, and the old one would stand beside it for ever.
 */
export function oneAtATime(exporter: PushMetricExporter, health: Health): PushMetricExporter {
  let isBusy = false;
  return {
    export(metrics, done) {
      if (isBusy) {
        health.fails({ error: 'Busy' });
        return done({ code: ExportResultCode.FAILED });
      }
      isBusy = true;
      const end = (result: ExportResult) => {
        isBusy = false;
        done(result);
      };
      try {
        exporter.export(metrics, end);
      } catch (error) {
        health.fails(troubleOf(error));
        end({ code: ExportResultCode.FAILED });
      }
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
    selectAggregationTemporality: (type) =>
      type === InstrumentType.GAUGE
        ? AggregationTemporality.DELTA
        : (exporter.selectAggregationTemporality?.(type) ?? AggregationTemporality.CUMULATIVE),
  };
}
