import type { InvocationContext } from '@azure/functions';
import { app, getClient, input } from 'durable-functions';
import { type AnnounceExportDeps, announceExport } from '../../lib/core/exports/announce-export.ts';
import { type CloseExportDeps, closeExport } from '../../lib/core/exports/close-export.ts';
import {
  type PlanExportDeps,
  type PlanOrder,
  planExport,
} from '../../lib/core/exports/plan-export.ts';
import type { DeliveryWork, ExportWork } from '../../lib/core/exports/starter.ts';
import type { ExportStatus } from '../../lib/core/exports/transitions.ts';
import type { Deliverer } from '../../lib/core/webhooks/deliver.ts';
import { activityNames, type TableInput } from '../contract.ts';
import { durableStarter } from './durable-starter.ts';
import { type ExportTableDeps, exportTable } from './export-table.ts';
import { type HereOnlyDeps, hereOnly } from './here-only.ts';

export interface ActivityDeps
  extends PlanExportDeps,
    ExportTableDeps,
    CloseExportDeps,
    AnnounceExportDeps,
    HereOnlyDeps {
  readonly deliverer: Deliverer;
}

interface Closed {
  readonly status?: ExportStatus;
}

/** A delivery that is held back asks again after this time. */
const heldMs = 3_600_000;

/** Registers every activity under its name; each gets its needs here and nothing from globals. */
export function registerActivities(deps: ActivityDeps): void {
  app.activity(activityNames.planExport, {
    handler: hereOnly(deps, { next: 'nothing', run: 0, lanes: [] }, (order: PlanOrder) =>
      planExport(deps, order),
    ),
  });
  app.activity(activityNames.exportTable, {
    handler: hereOnly(deps, { ok: false, code: 'wrong_region' }, (table: TableInput) =>
      exportTable(deps, table),
    ),
  });
  app.activity(activityNames.commitManifest, {
    handler: hereOnly(
      deps,
      {},
      async (work: ExportWork): Promise<Closed> => ({
        status: await closeExport(deps, work),
      }),
    ),
  });
  app.activity(activityNames.announce, {
    extraInputs: [input.durableClient()],
    handler: hereOnly(deps, {}, async (work: ExportWork, context: InvocationContext) => {
      await announceExport(deps, work, durableStarter(getClient(context)));
      return {};
    }),
  });
  app.activity(activityNames.attemptDelivery, {
    extraInputs: [input.durableClient()],
    handler: hereOnly(
      deps,
      { done: false, waitMs: heldMs },
      ({ tenantId, deliveryId }: DeliveryWork, context: InvocationContext) =>
        deps.deliverer.attempt(tenantId, deliveryId, durableStarter(getClient(context))),
    ),
  });
}
