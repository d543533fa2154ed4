import { instanceIdProblem } from '../instance-id.ts';
import type { Action } from './actions.ts';
import type { Answer } from './answer.ts';
import type { Command } from './context.ts';

// The patterns that run here but break on Azure. Each text is what a developer reads in the failed instance.

/** A child of Task.all failed for good while a retried sibling was still running. */
export const mixedFailureRule =
  'Breaks on Azure: a child of Task.all failed while a sibling with retry was still pending; the task ids drift and ' +
  'a later call gets a wrong result. Children of Task.all must not throw: wrap them in sub-orchestrations that return an outcome.';

/** The library waits for something that the host has already seen to its end. */
export const stuckRule =
  'Breaks on Azure: the orchestrator waits for something that is already over for the host, so it would hang for ever. ' +
  'An event reaches it only under the exact name it waits for, in upper and lower case too.';

const retryTimeoutRule =
  'Breaks on Azure: retryTimeoutInMilliseconds makes an orchestration hang once it is exceeded. Bound the number of attempts instead.';

const repeatedTaskRule =
  'Breaks on Azure: a task that had been yielded before was put into another compound task. A pending one is started ' +
  'again and the task ids drift; a finished one never completes the compound. Yield every task once.';

/** The rule that the answer itself breaks, or undefined. */
export function brokenAnswerRule(answer: Answer): string | undefined {
  if (answer.actions.some(usesRetryTimeout)) return retryTimeoutRule;
  return answer.repeatsTask ? repeatedTaskRule : undefined;
}

/** The rule that one of the things to be scheduled breaks, or undefined. */
export function brokenTaskRule(commands: Iterable<Command>): string | undefined {
  for (const command of commands) {
    const problem = command.kind === 'child' ? instanceIdProblem(command.instanceId) : undefined;
    if (problem !== undefined) return `Breaks on Azure: sub-orchestration id: ${problem}`;
  }
  return undefined;
}

function usesRetryTimeout(action: Action): boolean {
  if (action.kind === 'any' || action.kind === 'all') return action.children.some(usesRetryTimeout);
  if (action.kind === 'activity' || action.kind === 'child')
    return action.retry?.hasTimeout === true;
  return false;
}
