import type { DeliveryWork, ExportWork } from '../lib/core/exports/starter.ts';

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

export interface TableInput extends ExportWork {
  readonly table: number;
}

/** Final trouble is returned with its code; passing trouble is thrown and retried. */
export type TableResult =
  | { readonly ok: true; readonly rows: number }
  | { readonly ok: false; readonly code: string };

export type AttemptResult =
  | { readonly done: true }
  | { readonly done: false; readonly waitMs: number };

/** The first attempt runs under the export's own id, each retry under one of its own. */
export function exportInstanceId({ exportId, attempt }: ExportWork): string {
  return attempt === 1 ? exportId : `${exportId}-${attempt}`;
}

export function laneInstanceId(work: ExportWork, lane: number): string {
  return `${exportInstanceId(work)}-lane-${lane}`;
}

export function deliveryInstanceId({ deliveryId }: DeliveryWork): string {
  return `delivery-${deliveryId}`;
}
