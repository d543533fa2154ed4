import { randomUUID } from 'node:crypto';
import { executionStarted, now, type Start } from './events.ts';
import type { Store } from './store/store.ts';

/** What a caller knows of a new execution. */
type NewExecution = Omit<Start, 'executionId' | 'generation'> & {
  /** How often the id was started before; undefined for sub-orchestrations. */
  readonly generation: number | undefined;
};

/** Writes a new execution and its first message, over whatever the id was before. Inside a transaction of the caller. */
export function startExecution(store: Store, execution: NewExecution): void {
  const isChild = execution.generation === undefined;
  const uuid = randomUUID();
  const executionId = isChild ? uuid.replaceAll('-', '') : uuid;
  const generation = execution.generation ?? null;
  const event = executionStarted({ ...execution, executionId, generation });
  store.clearWork(execution.instanceId);
  store.instances.save({
    id: execution.instanceId,
    executionId,
    name: execution.name,
    version: execution.version,
    status: 'Pending',
    inputJson: execution.inputJson,
    outputJson: null,
    customStatusJson: null,
    actionsJson: null,
    createdAt: event.Timestamp,
    updatedAt: now(),
    generation: execution.generation ?? 0,
    parent: execution.parent,
  });
  store.messages.send(execution.instanceId, executionId, event);
}
