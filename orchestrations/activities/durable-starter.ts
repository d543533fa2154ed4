import type { DurableClient } from 'durable-functions';
import type {
  DeliveryWork,
  ExportWork,
  InstanceState,
  Starter,
} from '../../lib/core/exports/starter.ts';
import {
  deliveryInstanceId,
  exportInstanceId,
  type LaneInput,
  laneInstanceId,
  orchestrationNames,
} from '../contract.ts';

/** Starts orchestrations through the client that the host hands to this invocation. */
export function durableStarter(client: DurableClient): Starter {
  return {
    startExport: (work) =>
      start(client, orchestrationNames.exportInvocation, exportInstanceId(work), work),
    startDelivery: (work: DeliveryWork) =>
      start(client, orchestrationNames.webhookDelivery, deliveryInstanceId(work), work),
    exportState: (work) => stateOf(client, exportInstanceId(work)),
    startLane: (lane, tables) => {
      const { tenantId, exportId, attempt } = lane;
      const input: LaneInput = { tenantId, exportId, attempt, tables };
      return start(client, orchestrationNames.exportLane, laneInstanceId(lane), input);
    },
    laneState: (lane) => stateOf(client, laneInstanceId(lane)),
    purgeExport: (work) => purgeAttempts(client, work),
  };
}

/** Starting what runs already is refused by the host; that is what was wanted. */
async function start(
  client: DurableClient,
  name: string,
  instanceId: string,
  input: ExportWork | LaneInput | DeliveryWork,
): Promise<void> {
  try {
    await client.startNew(name, { instanceId, input });
  } catch (error) {
    if ((await stateOf(client, instanceId)) !== 'running') throw error;
  }
}

/** The client throws on an unknown id; only the message tells that from an outage. */
async function stateOf(client: DurableClient, instanceId: string): Promise<InstanceState> {
  try {
    const { runtimeStatus } = await client.getStatus(instanceId);
    if (running.has(runtimeStatus)) return 'running';
    return runtimeStatus === 'Completed' ? 'completed' : 'broken';
  } catch (error) {
    if (error instanceof Error && error.message.includes('404')) return 'missing';
    throw error;
  }
}

const running: ReadonlySet<string> = new Set(['Pending', 'Running', 'ContinuedAsNew', 'Suspended']);

async function purgeAttempts(client: DurableClient, work: ExportWork): Promise<void> {
  for (let attempt = 1; attempt <= work.attempt; attempt++) {
    await client.purgeInstanceHistory(exportInstanceId({ ...work, attempt }));
  }
}
