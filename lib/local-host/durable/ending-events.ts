import { tryParseJson } from '../json.ts';
import type { Decision, Ending } from './engine/decide.ts';
import { eventType, type HistoryEvent, plainEvent } from './events.ts';
import type { Instance } from './store/instances.ts';
import { childCompleted, childFailed, childRefused } from './task-events.ts';

/** What an instance looks like after its ending; nothing for one that goes on or continues as new. */
export function endingOf(instance: Instance, ending: Ending | undefined): Partial<Instance> {
  switch (ending?.kind) {
    case 'completed':
      return { status: 'Completed', outputJson: ending.outputJson };
    case 'failed':
      return {
        status: 'Failed',
        outputJson: JSON.stringify(failureReason(instance, ending)),
      };
    case 'terminated':
      return { status: 'Terminated', outputJson: JSON.stringify(ending.reason) };
    default:
      return {};
  }
}

/** The event that records an ending, if there is one. */
export function endingEvents(
  instance: Instance,
  { ending, nextId }: Decision,
): readonly HistoryEvent[] {
  const { status, outputJson } = endingOf(instance, ending);
  if (status === undefined) return [];
  const details = ending?.kind === 'failed' ? (ending.failureDetails ?? null) : null;
  const fields = {
    OrchestrationStatus: status,
    Result: details === null ? (outputJson ?? null) : null,
    FailureDetails: details,
  };
  return [{ ...plainEvent(eventType.executionCompleted, fields), EventId: nextId }];
}

/** What a parent is told of its child's ending. */
export function parentEvent(
  taskId: number,
  name: string,
  outputJson: string | null,
  ending: Exclude<Ending, { kind: 'continued' }>,
): HistoryEvent {
  if (ending.kind === 'completed') return childCompleted(taskId, outputJson);
  const reason = String(tryParseJson(outputJson ?? '') ?? '');
  if (ending.kind === 'terminated') return childFailed(taskId, reason, '');
  if (ending.failureDetails !== undefined) return childRefused(taskId, ending.failureDetails);
  const details = `Message: ${ending.message}, StackTrace:    at Orchestrator.${name}`;
  return childFailed(taskId, reason, details);
}

function failureReason(
  { name }: Instance,
  { message, failureDetails }: Ending & { kind: 'failed' },
): string {
  return failureDetails === undefined
    ? `Orchestrator function '${name}' failed: ${message}`
    : `${failureDetails.ErrorType}: ${failureDetails.ErrorMessage}`;
}
