/** Numbers of the history events, as the Durable Task Framework defines them. */
export const eventType = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  subOrchestrationCreated: 7,
  subOrchestrationCompleted: 8,
  subOrchestrationFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventRaised: 15,
  generic: 17,
  executionSuspended: 19,
  executionResumed: 20,
} as const;

/** One event of an instance's history, spelled as the out-of-process protocol wants it. */
export interface HistoryEvent {
  readonly EventType: number;
  /** The task id for events that schedule something, −1 for all others. */
  readonly EventId: number;
  readonly IsPlayed: boolean;
  /** ISO 8601, UTC. */
  readonly Timestamp: string;
  readonly [field: string]: unknown;
}

/** The parent of a sub-orchestration. */
export interface ParentInstance {
  readonly name: string;
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
}

/** What a new execution starts with; `inputJson` is JSON text or null. */
export interface Start {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly version: string | null;
  readonly inputJson: string | null;
  readonly parent: ParentInstance | undefined;
  readonly generation: number | null;
}

/** An event that is not tied to a task id. */
export function plainEvent(
  EventType: number,
  fields: Readonly<Record<string, unknown>> = {},
  Timestamp: string = now(),
): HistoryEvent {
  return { ...fields, EventType, EventId: -1, IsPlayed: false, Timestamp };
}

/** The first event of an execution, after OrchestratorStarted. */
export function executionStarted(start: Start): HistoryEvent {
  return plainEvent(eventType.executionStarted, {
    OrchestrationInstance: { InstanceId: start.instanceId, ExecutionId: start.executionId },
    ParentInstance: start.parent === undefined ? null : toParentInstance(start.parent),
    Name: start.name,
    Version: start.version,
    Input: start.inputJson,
    Tags: null,
    Correlation: null,
    ParentTraceContext: null,
    ScheduledStartTime: null,
    Generation: start.generation,
    GenerateNewTrace: false,
  });
}

/** The time now as it is written into a history. */
export function now(): string {
  return new Date().toISOString();
}

function toParentInstance(parent: ParentInstance): object {
  return {
    Name: parent.name,
    OrchestrationInstance: { InstanceId: parent.instanceId, ExecutionId: parent.executionId },
    TaskScheduleId: parent.taskId,
    Version: null,
  };
}
