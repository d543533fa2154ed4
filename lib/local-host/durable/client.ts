import { randomUUID } from 'node:crypto';
import { eventType, type HistoryEvent, plainEvent } from './events.ts';
import { instanceIdProblem } from './instance-id.ts';
import { payloadProblem } from './payload-limit.ts';
import { rewindInstance } from './rewind.ts';
import { startExecution } from './start-execution.ts';
import { type Instance, type InstanceFilter, isFinished } from './store/instances.ts';
import type { TaskHub } from './task-hub.ts';

/** What a client asked for and could not get, with the HTTP status that the extension answers. */
export interface Refusal {
  readonly refused: 400 | 404 | 409 | 410 | 412;
  readonly message: string;
}

/** A start as a client asks for it; without an id one is made up. */
interface StartRequest {
  readonly name: string;
  readonly instanceId: string | undefined;
  readonly inputJson: string;
  readonly version: string | undefined;
}

/** Starts an instance; an id that is in use is refused (409), a finished one starts again. */
export function startInstance(hub: TaskHub, request: StartRequest): Instance | Refusal {
  const instanceId = request.instanceId ?? randomUUID().replaceAll('-', '');
  const problem = startProblem(hub, instanceId, request.inputJson);
  if (problem !== undefined) return { refused: 400, message: problem };
  hub.faults.reach('beforeStartCommit', request.name);
  const started = hub.store.transaction(() => {
    const existing = hub.store.instances.find(instanceId);
    if (existing !== undefined && !isFinished(existing)) return existing;
    startExecution(hub.store, {
      instanceId,
      name: request.name,
      version: request.version ?? hub.versioning.defaultVersion ?? null,
      inputJson: request.inputJson,
      parent: undefined,
      generation: existing === undefined ? 0 : existing.generation + 1,
    });
    return undefined;
  });
  if (started !== undefined) {
    const message = `An Orchestration instance with the status ${started.status} already exists.`;
    return { refused: 409, message };
  }
  hub.faults.reach('afterStartCommit', request.name);
  hub.wake(instanceId);
  return findInstance(hub, instanceId);
}

/** The instance, or a 404. */
export function findInstance(hub: TaskHub, instanceId: string): Instance | Refusal {
  const instance = hub.store.instances.find(instanceId);
  return instance ?? { refused: 404, message: '' };
}

/** Raises an external event; a finished instance answers 410. */
export function raiseEvent(
  hub: TaskHub,
  instanceId: string,
  name: string,
  inputJson: string | null,
): Refusal | undefined {
  const problem = hub.strict ? payloadProblem(`event '${name}'`, inputJson) : undefined;
  if (problem !== undefined) return { refused: 400, message: problem };
  const fields = { Name: name, Input: inputJson, ParentTraceContext: null };
  return deliver(hub, instanceId, plainEvent(eventType.eventRaised, fields));
}

/** Ends an instance after its current episode; its running activities go on, their results are ignored. */
export function terminate(hub: TaskHub, instanceId: string, reason: string): Refusal | undefined {
  return deliver(hub, instanceId, plainEvent(eventType.executionTerminated, { Input: reason }));
}

/** Stops an instance from taking in results and events until it is resumed. */
export function suspend(hub: TaskHub, instanceId: string, reason: string): Refusal | undefined {
  return deliver(hub, instanceId, plainEvent(eventType.executionSuspended, { Reason: reason }));
}

/** Lets a suspended instance go on, with everything that came meanwhile. */
export function resume(hub: TaskHub, instanceId: string, reason: string): Refusal | undefined {
  return deliver(hub, instanceId, plainEvent(eventType.executionResumed, { Reason: reason }));
}

/** Runs the failed steps of a failed instance once more. */
export function rewind(hub: TaskHub, instanceId: string, reason: string): Refusal | undefined {
  const instance = hub.store.instances.find(instanceId);
  if (instance === undefined) return { refused: 404, message: '' };
  if (instance.status !== 'Failed') {
    return {
      refused: 412,
      message: 'The rewind operation is only supported on failed orchestration instances.',
    };
  }
  for (const id of hub.store.transaction(() => rewindInstance(hub.store, instance, reason)))
    hub.wake(id);
  return undefined;
}

/**
 * Starts an instance's orchestrator again with the same input and this host's version, under a new id unless told
 * otherwise.
 */
export function restart(hub: TaskHub, instanceId: string, withNewId: boolean): Instance | Refusal {
  const instance = hub.store.instances.find(instanceId);
  if (instance === undefined) return { refused: 404, message: '' };
  return startInstance(hub, {
    name: instance.name,
    instanceId: withNewId ? undefined : instanceId,
    inputJson: instance.inputJson ?? 'null',
    version: undefined,
  });
}

/** Forgets a finished instance; a running one is refused (412). */
export function purge(hub: TaskHub, instanceId: string): Refusal | undefined {
  const instance = hub.store.instances.find(instanceId);
  if (instance === undefined) return { refused: 404, message: '' };
  if (!isFinished(instance)) {
    const text = `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${instanceId} has status ${instance.status}`;
    return { refused: 412, message: text };
  }
  hub.store.transaction(() => {
    hub.store.clearWork(instanceId);
    hub.store.instances.remove(instanceId);
  });
  return undefined;
}

/** Forgets all finished instances that fit the filter and returns how many. */
export function purgeAll(hub: TaskHub, filter: InstanceFilter): number {
  const finished = hub.store.instances.list(filter).filter(isFinished);
  for (const { id } of finished) purge(hub, id);
  return finished.length;
}

function deliver(hub: TaskHub, instanceId: string, event: HistoryEvent): Refusal | undefined {
  const instance = hub.store.instances.find(instanceId);
  if (instance === undefined) return { refused: 404, message: '' };
  if (isFinished(instance)) return { refused: 410, message: '' };
  hub.store.transaction(() => hub.store.messages.send(instanceId, null, event));
  hub.wake(instanceId);
  return undefined;
}

function startProblem(hub: TaskHub, instanceId: string, inputJson: string): string | undefined {
  const problem = instanceIdProblem(instanceId);
  if (problem !== undefined) return `Breaks on Azure: ${problem}`;
  return hub.strict ? payloadProblem('the input of the orchestration', inputJson) : undefined;
}
