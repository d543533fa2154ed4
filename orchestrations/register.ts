import { app } from 'durable-functions';
import { orchestrationNames } from './contract.ts';
import { exportInvocation } from './export-invocation.ts';
import { exportLane } from './export-lane.ts';
import { webhookDelivery } from './webhook-delivery.ts';

/** Registers every orchestrator under its name. */
export function registerOrchestrations(): void {
  app.orchestration(orchestrationNames.exportInvocation, exportInvocation);
  app.orchestration(orchestrationNames.exportLane, exportLane);
  app.orchestration(orchestrationNames.webhookDelivery, webhookDelivery);
}
