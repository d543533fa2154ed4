import type { ExportStatus } from './exports/transitions.ts';
import type { DeliveryType } from './webhooks/delivery.ts';

/**
 * What Sluice counts and measures: these facts and no others. Telling one never throws and waits for
 * nothing. No fact names a tenant, an id or a text of a customer's: whoever reads metrics need not be
 * one who may read data, and every new value would be a series of its own.
 */
export interface Metrics {
  /** A table was written wholly; told by the run that wrote it. */
  tableExported(table: ExportedTable): void;
  /** An attempt at an export came to its end. */
  exportEnded(ended: EndedExport): void;
  /** A delivery was attempted, with this outcome for the delivery. */
  deliveryAttempted(attempt: AttemptedDelivery): void;
  /** How many deliveries nobody looked after, at this moment. */
  deliveriesMeasured(measured: { readonly overdue: number }): void;
  /** What waited to be started, at this moment. */
  queueMeasured(measured: {
    readonly pending: number;
    readonly oldestPendingSeconds: number;
  }): void;
  /** A sweep is done; `lagSeconds` is how late its oldest export was when it began. */
  sweepDone(sweep: { readonly deleted: number; readonly lagSeconds: number }): void;
}

/** Table and source are named as in the catalog. */
export interface ExportedTable {
  readonly table: string;
  readonly source: string;
  readonly rows: number;
  /** Of the files, as stored. */
  readonly bytes: number;
  readonly durationMs: number;
}

export interface EndedExport {
  readonly status: EndStatus;
  /** From when the attempt was asked for, waiting included. */
  readonly durationMs: number;
}

/** The states in which an attempt ends. */
export type EndStatus = Exclude<ExportStatus, 'pending' | 'processing' | 'expired'>;

export interface AttemptedDelivery {
  /** `retrying`: it failed, and there is another attempt to come. */
  readonly outcome: 'delivered' | 'retrying' | 'failed' | 'dropped';
  readonly type: DeliveryType;
}
