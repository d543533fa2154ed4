import type { InvocationContext } from '@azure/functions';
import { app, getClient, input } from 'durable-functions';
import { type AnnounceExportDeps, announceExport } from '../../lib/core/exports/announce-export.ts';
import { type CloseExportDeps, closeExport } from '../../lib/core/exports/close-export.ts';
import { type PlanExportDeps, planExport } from '../../lib/core/exports/plan-export.ts';
import type { DeliveryWork, ExportWork } from '../../lib/core/exports/starter.ts';
import type { Deliverer } from '../../lib/core/webhooks/deliver.ts';
import { activityNames, type TableInput } from '../contract.ts';
import { durableStarter } from './durable-starter.ts';
import { exportTable } from './export-table.ts';
import type { ReadTableDeps } from './read-table.ts';

export interface ActivityDeps
  extends PlanExportDeps,
    ReadTableDeps,
    CloseExportDeps,
    AnnounceExportDeps {
  readonly deliverer: Deliverer;
}

/** Registers every activity under its name; each gets its needs here and nothing from globals. */
export function registerActivities(deps: ActivityDeps): void {
  app.activity(activityNames.planExport, {
    handler: (work: ExportWork) => planExport(deps, work),
  });
  app.activity(activityNames.exportTable, {
    handler: (table: TableInput) => exportTable(deps, table),
  });
  app.activity(activityNames.commitManifest, {
    handler: async (work: ExportWork) => ({ status: await closeExport(deps, work) }),
  });
  app.activity(activityNames.announce, {
    extraInputs: [input.durableClient()],
    handler: async (work: ExportWork, context: InvocationContext) => {
      await announceExport(deps, work, durableStarter(getClient(context)));
      return {};
    },
  });
  app.activity(activityNames.attemptDelivery, {
    extraInputs: [input.durableClient()],
    handler: ({ tenantId, deliveryId }: DeliveryWork, context: InvocationContext) =>
      deps.deliverer.attempt(tenantId, deliveryId, durableStarter(getClient(context))),
  });
}
