import { randomUUID } from 'node:crypto';
import { endingEvents, endingOf, parentEvent } from './ending-events.ts';
import type { Command } from './engine/context.ts';
import type { Ending } from './engine/decide.ts';
import { eventType, executionStarted, type HistoryEvent, now, plainEvent } from './events.ts';
import { startExecution } from './start-execution.ts';
import { type Instance, isFinished } from './store/instances.ts';
import { scheduledEvent } from './task-events.ts';
import type { TaskHub } from './task-hub.ts';
import type { Turn } from './turn.ts';

/** Writes everything that follows from a turn in one transaction, then wakes those who have something to do. */
export function commitEpisode(hub: TaskHub, turn: Turn): void {
  const safe = withVersions(hub, withoutStolenIds(hub, turn));
  const { instance, decision } = safe;
  hub.faults.reach('beforeEpisodeCommit', instance.name);
  hub.store.transaction(() => writeTurn(hub, safe));
  hub.faults.reach('afterEpisodeCommit', instance.name);
  if (decision.ending?.kind === 'failed') {
    hub.log.write('error', `${instance.name} (${instance.id}) failed: ${decision.ending.message}`);
  }
  for (const command of decision.commands)
    if (command.kind === 'child') hub.wake(command.instanceId);
  if (instance.parent !== undefined) hub.wake(instance.parent.instanceId);
  hub.wake(instance.id);
}

function withoutStolenIds(hub: TaskHub, turn: Turn): Turn {
  const stolen = hub.strict
    ? turn.decision.commands.find((command) => isBusy(hub, command))
    : undefined;
  if (stolen?.kind !== 'child') return turn;
  const message = `Breaks on Azure: sub-orchestration id '${stolen.instanceId}' belongs to an instance that is still running.`;
  return {
    ...turn,
    decision: { ...turn.decision, commands: [], ending: { kind: 'failed', message } },
  };
}

/** A sub-orchestration without a version of its own gets this host's, not its parent's. */
function withVersions({ versioning }: TaskHub, turn: Turn): Turn {
  const commands = turn.decision.commands.map((command) =>
    command.kind === 'child'
      ? { ...command, version: command.version ?? versioning.defaultVersion }
      : command,
  );
  return { ...turn, decision: { ...turn.decision, commands } };
}

function isBusy(hub: TaskHub, command: Command): boolean {
  const existing =
    command.kind === 'child' ? hub.store.instances.find(command.instanceId) : undefined;
  return existing !== undefined && !isFinished(existing);
}

function writeTurn(hub: TaskHub, turn: Turn): void {
  const { store } = hub;
  const { instance, consumed, decision, newEvents } = turn;
  store.messages.remove(consumed);
  if (decision.ending?.kind === 'continued') {
    writeContinuation(hub, instance, decision.ending);
    return;
  }
  const events = [
    ...newEvents.map(played),
    ...decision.commands.map(scheduledEvent),
    ...endingEvents(instance, decision),
  ];
  const isClosed = events.at(-1)?.EventType === eventType.orchestratorCompleted;
  store.histories.append(
    instance.id,
    isClosed ? events : [...events, plainEvent(eventType.orchestratorCompleted)],
  );
  for (const command of decision.commands) schedule(hub, instance, command);
  const after = { ...instance, ...progressOf(turn), ...endingOf(instance, decision.ending) };
  store.instances.save({ ...after, updatedAt: now() });
  tellParent(hub, after, decision.ending);
}

function played(event: HistoryEvent): HistoryEvent {
  return event.EventType === eventType.orchestratorStarted ? event : { ...event, IsPlayed: true };
}

function schedule(hub: TaskHub, instance: Instance, command: Command): void {
  const { store } = hub;
  const owner = { instanceId: instance.id, executionId: instance.executionId };
  switch (command.kind) {
    case 'activity':
      store.activities.add({
        ...owner,
        taskId: command.id,
        name: command.name,
        inputJson: command.input === undefined ? null : JSON.stringify(command.input),
      });
      break;
    case 'timer':
      store.timers.add({
        ...owner,
        taskId: command.id,
        fireAt: command.fireAt,
        createdAt: now(),
      });
      break;
    case 'child':
      startExecution(store, {
        instanceId: command.instanceId,
        name: command.name,
        version: command.version ?? null,
        inputJson:
          command.input === undefined || command.input === null
            ? null
            : JSON.stringify(command.input),
        parent: { ...owner, name: instance.name, taskId: command.id },
        generation: undefined,
      });
      break;
  }
}

function progressOf({ instance, newEvents, answer, decision }: Turn): Partial<Instance> {
  const reasons = newEvents.filter(
    ({ EventType }) =>
      EventType === eventType.executionSuspended || EventType === eventType.executionResumed,
  );
  const last = reasons.at(-1);
  return {
    status: decision.isSuspended ? 'Suspended' : 'Running',
    outputJson: last === undefined ? instance.outputJson : JSON.stringify(last['Reason'] ?? null),
    customStatusJson: answer?.customStatusJson ?? instance.customStatusJson,
    actionsJson: answer === undefined ? instance.actionsJson : JSON.stringify(answer.rawActions),
  };
}

function tellParent(
  { store }: TaskHub,
  { parent, outputJson, name }: Instance,
  ending: Ending | undefined,
): void {
  if (parent === undefined || ending === undefined || ending.kind === 'continued') return;
  store.messages.send(
    parent.instanceId,
    parent.executionId,
    parentEvent(parent.taskId, name, outputJson, ending),
  );
}

function writeContinuation(
  { store }: TaskHub,
  instance: Instance,
  ending: Ending & { kind: 'continued' },
): void {
  const executionId = randomUUID().replaceAll('-', '');
  const inputJson = ending.input === undefined ? null : JSON.stringify(ending.input);
  const start = { ...instance, instanceId: instance.id, executionId, inputJson, generation: null };
  const event = executionStarted(start);
  // Events nobody has read move into the new execution, before those that came in meanwhile.
  const meanwhile = store.messages
    .read(instance.id)
    .filter((message) => message.executionId === null);
  store.messages.clear(instance.id);
  store.histories.clear(instance.id);
  store.timers.clear(instance.id);
  store.messages.send(instance.id, executionId, event);
  for (const carried of ending.carriedEvents) {
    store.messages.send(instance.id, null, { ...carried, IsPlayed: false });
  }
  for (const message of meanwhile) store.messages.send(instance.id, null, message.event);
  store.instances.save({
    ...instance,
    executionId,
    inputJson,
    status: 'ContinuedAsNew',
    actionsJson: null,
    createdAt: event.Timestamp,
    updatedAt: now(),
  });
}
