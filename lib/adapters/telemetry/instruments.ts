import type { Meter } from '@opentelemetry/api';
import type { Metrics } from '../../core/metrics.ts';

/** From a second to four hours: tables and exports take what their size takes. */
const boundarySeconds = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400];

/** Each fact as one or more measurements; README.md lists their names, units and attributes. */
export function createInstruments(meter: Meter): Metrics {
  return { ...exportInstruments(meter), ...deliveryInstruments(meter), ...timerInstruments(meter) };
}

function exportInstruments(meter: Meter): Pick<Metrics, 'tableExported' | 'exportEnded'> {
  const rows = meter.createCounter('sluice.table.rows', { unit: '{row}' });
  const bytes = meter.createCounter('sluice.table.bytes', { unit: 'By' });
  const tableSeconds = meter.createHistogram('sluice.table.duration', seconds);
  const ended = meter.createCounter('sluice.exports.ended', { unit: '{export}' });
  const exportSeconds = meter.createHistogram('sluice.export.duration', seconds);
  return {
    tableExported({ table, source, ...written }) {
      const of = { table, source };
      rows.add(written.rows, of);
      bytes.add(written.bytes, of);
      tableSeconds.record(written.durationMs / 1000, of);
    },
    exportEnded({ status, durationMs }) {
      ended.add(1, { status });
      exportSeconds.record(durationMs / 1000, { status });
    },
  };
}

function deliveryInstruments(
  meter: Meter,
): Pick<Metrics, 'deliveryAttempted' | 'deliveriesMeasured'> {
  const attempts = meter.createCounter('sluice.deliveries.attempts', { unit: '{attempt}' });
  const overdue = meter.createGauge('sluice.deliveries.overdue', { unit: '{delivery}' });
  return {
    deliveryAttempted: ({ outcome, type }) => attempts.add(1, { outcome, type }),
    deliveriesMeasured: (measured) => overdue.record(measured.overdue),
  };
}

function timerInstruments(meter: Meter): Pick<Metrics, 'queueMeasured' | 'sweepDone'> {
  const pending = meter.createGauge('sluice.exports.pending', { unit: '{export}' });
  const queueAge = meter.createGauge('sluice.exports.queue_age', { unit: 's' });
  const lag = meter.createGauge('sluice.sweep.lag', { unit: 's' });
  const deleted = meter.createCounter('sluice.sweep.deleted', { unit: '{export}' });
  return {
    queueMeasured(measured) {
      pending.record(measured.pending);
      queueAge.record(measured.oldestPendingSeconds);
    },
    sweepDone(sweep) {
      lag.record(sweep.lagSeconds);
      deleted.add(sweep.deleted);
    },
  };
}

const seconds = { unit: 's', advice: { explicitBucketBoundaries: boundarySeconds } };
