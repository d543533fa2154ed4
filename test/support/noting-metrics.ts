import type { Metrics } from '../../lib/core/metrics.ts';

/** A fact by its name. */
type Told = {
  readonly [Name in keyof Metrics]: readonly [Name, Parameters<Metrics[Name]>[0]];
}[keyof Metrics];

/** Metrics that note what they are told, in order. */
export function notingMetrics(): Metrics & { readonly told: Told[] } {
  const told: Told[] = [];
  return {
    told,
    tableExported: (table) => void told.push(['tableExported', table]),
    exportEnded: (ended) => void told.push(['exportEnded', ended]),
    deliveryAttempted: (attempt) => void told.push(['deliveryAttempted', attempt]),
    deliveriesMeasured: (measured) => void told.push(['deliveriesMeasured', measured]),
    queueMeasured: (measured) => void told.push(['queueMeasured', measured]),
    sweepDone: (sweep) => void told.push(['sweepDone', sweep]),
  };
}
