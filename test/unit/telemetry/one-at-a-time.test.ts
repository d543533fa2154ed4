import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  InstrumentType,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import type { Health } from '../../../lib/adapters/telemetry/health.ts';
import { oneAtATime } from '../../../lib/adapters/telemetry/one-at-a-time.ts';

const metrics = { resource: emptyResource(), scopeMetrics: [] };

/** An exporter whose exports end when the test says so. */
function scene(begin: () => void = () => {}) {
  const open: ((result: ExportResult) => void)[] = [];
  const troubles: unknown[] = [];
  const inner: PushMetricExporter = {
    export(_metrics, done) {
      begin();
      open.push(done);
    },
    forceFlush: async () => {},
    shutdown: async () => {},
    selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
  };
  const health: Health = { works() {}, fails: (trouble) => void troubles.push(trouble) };
  const exporter = oneAtATime(inner, health);
  const codes: ExportResultCode[] = [];
  const send = () => exporter.export(metrics, ({ code }) => codes.push(code));
  return { exporter, open, troubles, codes, send };
}

test('a second export fails at once while the first is under way, and a third goes on after it', () => {
  const { open, troubles, codes, send } = scene();
  send();
  send();
  expect([open.length, codes, troubles]).toEqual([
    1,
    [ExportResultCode.FAILED],
    [{ error: 'Busy' }],
  ]);
  open[0]?.({ code: ExportResultCode.SUCCESS });
  send();
  expect(open).toHaveLength(2);
});

test('an exporter that throws is told of and does not stay busy', () => {
  let begun = 0;
  const { troubles, codes, send } = scene(() => {
    begun++;
    throw new RangeError('canary');
  });
  send();
  send();
  expect(begun).toBe(2);
  expect(codes).toEqual([ExportResultCode.FAILED, ExportResultCode.FAILED]);
  expect(troubles).toEqual([{ error: 'RangeError' }, { error: 'RangeError' }]);
});

test('only gauges are sent as what is new; the rest is as the exporter wants it', () => {
  const { exporter } = scene();
  const of = (type: InstrumentType) => exporter.selectAggregationTemporality?.(type);
  expect(of(InstrumentType.GAUGE)).toBe(AggregationTemporality.DELTA);
  expect(of(InstrumentType.COUNTER)).toBe(AggregationTemporality.CUMULATIVE);
  expect(of(InstrumentType.HISTOGRAM)).toBe(AggregationTemporality.CUMULATIVE);
});
