import { type DurableClient, OrchestrationRuntimeStatus } from 'durable-functions';
import type { OrchestrationHistory } from '../../lib/core/retention/retire-traces.ts';

const ended = [
  OrchestrationRuntimeStatus.Completed,
  OrchestrationRuntimeStatus.Failed,
  OrchestrationRuntimeStatus.Terminated,
  OrchestrationRuntimeStatus.Canceled,
];

/** Histories as the host keeps them; by time, because nobody remembers the ids of children. */
export function durableHistory(client: DurableClient): OrchestrationHistory {
  return {
    async purgeEnded(before) {
      await client.purgeInstanceHistoryBy({
        createdTimeFrom: new Date(0),
        createdTimeTo: before,
        runtimeStatus: ended,
      });
    },
  };
}
