import type { Command } from './engine/context.ts';
import { eventType, type HistoryEvent, now, plainEvent } from './events.ts';
import type { VersionMismatch } from './versioning.ts';

/** The event by which a history records that something was scheduled. */
export function scheduledEvent(command: Command): HistoryEvent {
  const common = { EventId: command.id, IsPlayed: false, Timestamp: now() };
  switch (command.kind) {
    case 'activity':
      return {
        EventType: eventType.taskScheduled,
        Name: command.name,
        Version: '',
        Input: null,
        ParentTraceContext: null,
        Tags: null,
        ...common,
      };
    case 'child':
      return {
        EventType: eventType.subOrchestrationCreated,
        Name: command.name,
        Version: command.version ?? null,
        InstanceId: command.instanceId,
        Input: null,
        ClientSpanId: null,
        Tags: null,
        ...common,
      };
    case 'timer':
      return { EventType: eventType.timerCreated, FireAt: command.fireAt, ...common };
  }
}

/** An activity came back with a result (JSON text, or null for none). */
export function taskCompleted(taskId: number, resultJson: string | null): HistoryEvent {
  return plainEvent(eventType.taskCompleted, { TaskScheduledId: taskId, Result: resultJson });
}

/** An activity failed. */
export function taskFailed(taskId: number, reason: string, details: string): HistoryEvent {
  return plainEvent(eventType.taskFailed, {
    TaskScheduledId: taskId,
    Reason: reason,
    Details: details,
    FailureDetails: null,
  });
}

/** A sub-orchestration came back with an output (JSON text, or null for none). */
export function childCompleted(taskId: number, outputJson: string | null): HistoryEvent {
  return plainEvent(eventType.subOrchestrationCompleted, {
    TaskScheduledId: taskId,
    Result: outputJson,
  });
}

/** A sub-orchestration failed or was terminated. */
export function childFailed(taskId: number, reason: string, details: string): HistoryEvent {
  return plainEvent(eventType.subOrchestrationFailed, {
    TaskScheduledId: taskId,
    Reason: reason,
    Details: details,
    FailureDetails: null,
  });
}

/** A sub-orchestration failed because of its version; its orchestrator was not asked. */
export function childRefused(taskId: number, details: VersionMismatch): HistoryEvent {
  return plainEvent(eventType.subOrchestrationFailed, {
    TaskScheduledId: taskId,
    Reason: null,
    Details: null,
    FailureDetails: details,
  });
}
