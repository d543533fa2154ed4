import { tryParseJson } from '../../json.ts';
import type { HistoryEvent } from '../events.ts';
import { eventType } from '../events.ts';
import { type Instance, isFinished } from '../store/instances.ts';

/** What a status answer shows besides the bare state. */
interface StatusView {
  readonly showInput: boolean;
  /** Undefined when the history was not asked for. */
  readonly history: readonly HistoryEvent[] | undefined;
  readonly showHistoryOutput: boolean;
}

/** An instance as the client API shows it; times have whole seconds, as in the extension. */
export function presentStatus(
  instance: Instance,
  view: StatusView,
): Readonly<Record<string, unknown>> {
  return {
    name: instance.name,
    instanceId: instance.id,
    runtimeStatus: instance.status,
    input: view.showInput ? parsed(instance.inputJson) : null,
    customStatus: parsed(instance.customStatusJson),
    output: parsed(instance.outputJson),
    createdTime: wholeSeconds(instance.createdAt),
    lastUpdatedTime: wholeSeconds(instance.updatedAt),
    ...(view.history === undefined
      ? {}
      : { historyEvents: presentHistory(view.history, view.showHistoryOutput) }),
  };
}

/** 200 for an instance that has ended, 202 for one that has not. */
export function statusCode(instance: Instance): 200 | 202 {
  return isFinished(instance) ? 200 : 202;
}

const shownNames: Readonly<Record<number, string>> = {
  [eventType.executionStarted]: 'ExecutionStarted',
  [eventType.executionCompleted]: 'ExecutionCompleted',
  [eventType.executionTerminated]: 'ExecutionTerminated',
  [eventType.taskCompleted]: 'TaskCompleted',
  [eventType.taskFailed]: 'TaskFailed',
  [eventType.subOrchestrationCompleted]: 'SubOrchestrationInstanceCompleted',
  [eventType.subOrchestrationFailed]: 'SubOrchestrationInstanceFailed',
  [eventType.timerFired]: 'TimerFired',
  [eventType.eventRaised]: 'EventRaised',
  [eventType.executionSuspended]: 'ExecutionSuspended',
  [eventType.executionResumed]: 'ExecutionResumed',
};

function presentHistory(history: readonly HistoryEvent[], showOutput: boolean): readonly object[] {
  const scheduled = new Map(
    history.filter(({ EventId }) => EventId >= 0).map((event) => [event.EventId, event]),
  );
  return history.flatMap((event) => {
    const name = shownNames[event.EventType];
    return name === undefined ? [] : [presentEvent(event, name, scheduled, showOutput)];
  });
}

function presentEvent(
  event: HistoryEvent,
  EventType: string,
  scheduled: ReadonlyMap<number, HistoryEvent>,
  showOutput: boolean,
): object {
  const taskId = Number(event['TaskScheduledId'] ?? event['TimerId'] ?? -1);
  const cause = scheduled.get(taskId);
  const functionName =
    cause?.['Name'] ?? (EventType === 'ExecutionStarted' ? event['Name'] : undefined);
  return {
    EventType,
    Timestamp: event.Timestamp,
    ...(cause === undefined ? {} : { ScheduledTime: cause.Timestamp }),
    ...(functionName === undefined ? {} : { FunctionName: functionName }),
    ...(EventType === 'EventRaised' ? { Name: event['Name'] } : {}),
    ...(event['Reason'] === undefined ? {} : { Reason: event['Reason'] }),
    ...(event['FireAt'] === undefined ? {} : { FireAt: event['FireAt'] }),
    ...(event['OrchestrationStatus'] === undefined
      ? {}
      : { OrchestrationStatus: event['OrchestrationStatus'] }),
    ...(showOutput && event['Result'] !== undefined
      ? { Result: parsed(String(event['Result'])) }
      : {}),
  };
}

function parsed(json: string | null): unknown {
  if (json === null) return null;
  const value = tryParseJson(json);
  return value === undefined ? json : value;
}

function wholeSeconds(time: string): string {
  return `${time.slice(0, 19)}Z`;
}
