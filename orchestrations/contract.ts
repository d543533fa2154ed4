import type { DeliveryWork, ExportWork, LaneRef } from '../lib/core/exports/starter.ts';

/**
 * Every registered name stands here once: a name that is called but not registered hangs on Azure.
 * What crosses these borders is kept in the history, so it holds ids, counts and codes only, always
 * as objects (a bare boolean arrives as text).
 */
export const orchestrationNames = {
  exportInvocation: 'exportInvocation',
  exportLane: 'exportLane',
  webhookDelivery: 'webhookDelivery',
} as const;

export const activityNames = {
  planExport: 'planExport',
  exportTable: 'exportTable',
  commitManifest: 'commitManifest',
  announce: 'announce',
  attemptDelivery: 'attemptDelivery',
} as const;

export interface LaneInput extends ExportWork {
  readonly tables: readonly number[];
}

/** What a lane says at its end: whether there is nothing more to do for any of its tables. */
export interface LaneResult {
  readonly settled: boolean;
}

export interface TableInput extends ExportWork {
  readonly table: number;
}

/**
 * Final trouble is returned with its code; trouble that may pass, with the time to wait before the next
 * call. What is thrown could not be written into the table's row.
 */
export type TableResult =
  | { readonly ok: true; readonly rows: number }
  | { readonly ok: false; readonly code: string }
  | { readonly waitMs: number };

export type AttemptResult =
  | { readonly done: true }
  | { readonly done: false; readonly waitMs: number };

/** The first attempt runs under the export's own id, each retry under one of its own. */
export function exportInstanceId({ exportId, attempt }: ExportWork): string {
  return attempt === 1 ? exportId : `${exportId}-${attempt}`;
}

/**
 * No two starts of a lane have the same id: a child under the id of an instance that still runs would
 * never answer. `start` counts those that the watchdog made after the first one broke.
 */
export function laneInstanceId({ run, lane, start, ...work }: LaneRef): string {
  const first = `${exportInstanceId(work)}-run-${run}-lane-${lane}`;
  return start === 0 ? first : `${first}-again-${start}`;
}

export function deliveryInstanceId({ deliveryId }: DeliveryWork): string {
  return `delivery-${deliveryId}`;
}
