import { isDeepStrictEqual } from 'node:util';
import { askOrchestrator } from '../../../lib/local-host/durable/ask-orchestrator.ts';
import type { Command } from '../../../lib/local-host/durable/engine/context.ts';
import { type Decision, decide } from '../../../lib/local-host/durable/engine/decide.ts';
import { eventType, type HistoryEvent } from '../../../lib/local-host/durable/events.ts';
import type { Orchestrators } from './load-orchestrators.ts';
import type { Recording } from './recording.ts';

/** What an instance had behind it, what was new, and what was decided on it. */
interface Step {
  readonly past: readonly HistoryEvent[];
  readonly fresh: readonly HistoryEvent[];
  readonly decided: readonly HistoryEvent[];
}

/**
 * Replays an instance from its beginning up to each of its steps, so at each moment at which an upgrade could have
 * met it, and says where these orchestrators decide otherwise than was decided then; undefined when nowhere.
 */
export async function replayProblem(
  orchestrators: Orchestrators,
  recording: Recording,
): Promise<string | undefined> {
  for (const [index, step] of stepsOf(recording.history).entries()) {
    const problem = await stepProblem(orchestrators, recording, step);
    if (problem !== undefined) return `${recording.file}, step ${index + 1}: ${problem}`;
  }
  return undefined;
}

/** The steps of a history; each ends with OrchestratorCompleted. */
export function stepsOf(history: readonly HistoryEvent[]): readonly Step[] {
  const ends = history.flatMap(({ EventType }, index) =>
    EventType === eventType.orchestratorCompleted ? [index] : [],
  );
  return ends.map((end, index) => {
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0) + 1;
    const events = history.slice(start, end);
    return {
      past: history.slice(0, start),
      fresh: events.filter((event) => !isDecision(event)),
      decided: events.filter(isDecision),
    };
  });
}

const decisions: readonly number[] = [
  eventType.taskScheduled,
  eventType.subOrchestrationCreated,
  eventType.timerCreated,
  eventType.executionCompleted,
];

function isDecision({ EventType }: HistoryEvent): boolean {
  return decisions.includes(EventType);
}

async function stepProblem(
  orchestrators: Orchestrators,
  { instance, history: whole }: Recording,
  { past, fresh, decided }: Step,
): Promise<string | undefined> {
  const { id, name, parentId } = instance;
  const inputJson = JSON.stringify(instance.input);
  const parent = parentId === null ? undefined : { instanceId: parentId };
  const orchestration = { id, name, inputJson, parent };
  const asked = await askOrchestrator(orchestrators, orchestration, past, fresh);
  const { answer } = asked;
  if (answer === undefined) return asked.problem;
  const isLast = past.length + fresh.length + decided.length + 1 === whole.length;
  const history = [...past, ...fresh];
  try {
    const now = decide({ executionId: 'execution', history, answer, strict: true });
    return (
      difference(decided.map(eventText), [...now.commands.map(commandText), ...endingText(now)]) ??
      actionsProblem(instance.actions, answer.rawActions, isLast)
    );
  } catch (error) {
    return String(error);
  }
}

function difference(then: readonly string[], now: readonly string[]): string | undefined {
  if (isDeepStrictEqual(then, now)) return undefined;
  return `another decision.\nthen: ${then.join('; ') || 'nothing'}\nnow:  ${now.join('; ') || 'nothing'}`;
}

/** Also inputs, versions and retry settings must be what they were, for everything asked for so far. */
function actionsProblem(
  then: readonly unknown[],
  now: readonly unknown[],
  isLast: boolean,
): string | undefined {
  const expected = isLast ? then : then.slice(0, now.length);
  return difference(expected.map(actionText), now.map(actionText));
}

function actionText(action: unknown): string {
  return JSON.stringify(action);
}

function eventText(event: HistoryEvent): string {
  const { EventId, EventType, Name, InstanceId, Version, FireAt } = event;
  switch (EventType) {
    case eventType.taskScheduled:
      return `${EventId} activity ${Name}`;
    case eventType.subOrchestrationCreated:
      return `${EventId} child ${Name} ${InstanceId} version ${Version}`;
    case eventType.timerCreated:
      return `${EventId} timer ${FireAt}`;
    default:
      return `${event['OrchestrationStatus']} with ${event['Result'] ?? 'nothing'}`;
  }
}

function commandText(command: Command): string {
  switch (command.kind) {
    case 'activity':
      return `${command.id} activity ${command.name}`;
    case 'child':
      return `${command.id} child ${command.name} ${command.instanceId} version ${command.version}`;
    case 'timer':
      return `${command.id} timer ${command.fireAt}`;
  }
}

function endingText({ ending }: Decision): readonly string[] {
  if (ending === undefined) return [];
  switch (ending.kind) {
    case 'completed':
      return [`Completed with ${ending.outputJson ?? 'nothing'}`];
    case 'failed':
      return [`Failed with ${ending.message}`];
    default:
      return [ending.kind];
  }
}
