import type { Metrics } from '../../core/metrics.ts';

/** Something that is still to be told. */
export type Fact = (metrics: Metrics) => void;

/** Metrics that hand each fact to `tell`. */
export function forwardMetrics(tell: (fact: Fact) => void): Metrics {
  return {
    tableExported: (table) => tell((metrics) => metrics.tableExported(table)),
    exportEnded: (ended) => tell((metrics) => metrics.exportEnded(ended)),
    deliveryAttempted: (attempt) => tell((metrics) => metrics.deliveryAttempted(attempt)),
    deliveriesMeasured: (measured) => tell((metrics) => metrics.deliveriesMeasured(measured)),
    queueMeasured: (measured) => tell((metrics) => metrics.queueMeasured(measured)),
    sweepDone: (sweep) => tell((metrics) => metrics.sweepDone(sweep)),
  };
}
