import { asString } from '../json.ts';
import { eventType, type HistoryEvent, now, plainEvent } from './events.ts';
import type { Instance } from './store/instances.ts';
import type { Store } from './store/store.ts';

/**
 * Turns the failures in an instance's history into generic events, so that a replay schedules the failed steps again,
 * and does the same to failed sub-orchestrations. Returns the ids to be woken. Inside a transaction of the caller.
 */
export function rewindInstance(
  store: Store,
  instance: Instance,
  reason: string,
): readonly string[] {
  const history = store.histories.read(instance.id);
  const failedIds = new Set(history.filter(isFailure).map((event) => event['TaskScheduledId']));
  const children = failedChildren(store, history);
  store.histories.replace(
    instance.id,
    history.map((event) => (isRewound(event, failedIds) ? toGeneric(event) : event)),
  );
  store.instances.save({ ...instance, status: 'Running', outputJson: null, updatedAt: now() });
  store.messages.send(
    instance.id,
    instance.executionId,
    plainEvent(eventType.generic, { Data: reason }),
  );
  return [instance.id, ...children.flatMap((child) => rewindInstance(store, child, reason))];
}

function isFailure({ EventType }: HistoryEvent): boolean {
  return EventType === eventType.taskFailed || EventType === eventType.subOrchestrationFailed;
}

function isRewound(event: HistoryEvent, failedIds: ReadonlySet<unknown>): boolean {
  if (event.EventType === eventType.executionCompleted || isFailure(event)) return true;
  return event.EventType === eventType.taskScheduled && failedIds.has(event.EventId);
}

function failedChildren(store: Store, history: readonly HistoryEvent[]): readonly Instance[] {
  const failedIds = new Set(
    history
      .filter(({ EventType }) => EventType === eventType.subOrchestrationFailed)
      .map((event) => event['TaskScheduledId']),
  );
  return history
    .filter(
      (event) =>
        event.EventType === eventType.subOrchestrationCreated && failedIds.has(event.EventId),
    )
    .map((event) => store.instances.find(asString(event['InstanceId']) ?? ''))
    .filter((child) => child !== undefined)
    .filter((child) => child.status === 'Failed');
}

function toGeneric({ EventId, Timestamp }: HistoryEvent): HistoryEvent {
  return { Data: null, EventType: eventType.generic, EventId, IsPlayed: false, Timestamp };
}
