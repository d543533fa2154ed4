import { asString } from '../../json.ts';
import { eventType, type HistoryEvent } from '../events.ts';
import type { VersionMismatch } from '../versioning.ts';
import type { Answer } from './answer.ts';
import { type Command, ReplayContext } from './context.ts';
import type { Pending } from './outcome.ts';
import { runProgram } from './program.ts';
import { brokenAnswerRule, brokenTaskRule, mixedFailureRule, stuckRule } from './strict-rules.ts';

/** How an execution ended. */
export type Ending =
  | { readonly kind: 'completed'; readonly outputJson: string | null }
  | {
      readonly kind: 'failed';
      readonly message: string;
      /** Only for what failed without its orchestrator having been asked. */
      readonly failureDetails?: VersionMismatch;
    }
  | { readonly kind: 'terminated'; readonly reason: string }
  | {
      readonly kind: 'continued';
      readonly input: unknown;
      readonly carriedEvents: readonly HistoryEvent[];
    };

/** What an episode leads to. */
export interface Decision {
  /** To be scheduled now, in the order of their task ids. */
  readonly commands: readonly Command[];
  readonly ending: Ending | undefined;
  readonly isSuspended: boolean;
  /** The id of the event that records the ending. */
  readonly nextId: number;
}

/** One execution with all its events, the new ones last, and the library's answer to them. */
export interface Episode {
  readonly executionId: string;
  readonly history: readonly HistoryEvent[];
  readonly answer: Answer;
  /** Whether patterns that break on Azure fail the instance. */
  readonly strict: boolean;
}

/**
 * Replays a history against the library's answer and says what is to be done next. Pure: no clock, no storage.
 * @throws NondeterminismError when history and answer do not fit.
 */
export function decide({ executionId, history, answer, strict }: Episode): Decision {
  const context = new ReplayContext();
  let brokenRule = strict ? brokenAnswerRule(answer) : undefined;
  const scope = {
    context,
    executionId,
    onMixedFailure: () => {
      if (strict) brokenRule ??= mixedFailureRule;
    },
  };
  let program: Pending | undefined;
  let ending: Ending | undefined;
  for (const event of history) {
    if (event.EventType === eventType.executionStarted) program = runProgram(answer.actions, scope);
    else context.take(event);
    ending ??= endingAfter(event, program, answer, context);
  }
  if (strict) brokenRule ??= brokenTaskRule(context.commands.values()) ?? stuck(program, answer);
  if (brokenRule !== undefined) ending = { kind: 'failed', message: brokenRule };
  return toDecision(context, ending);
}

function toDecision(context: ReplayContext, ending: Ending | undefined): Decision {
  const hold = context.isSuspended || ending !== undefined;
  const commands = [...context.commands.values()].toSorted((a, b) => a.id - b.id);
  return {
    commands: hold ? [] : commands,
    ending:
      ending?.kind === 'continued' ? { ...ending, carriedEvents: context.unreadEvents } : ending,
    isSuspended: context.isSuspended,
    nextId: context.nextId,
  };
}

function endingAfter(
  event: HistoryEvent,
  program: Pending | undefined,
  answer: Answer,
  context: ReplayContext,
): Ending | undefined {
  if (event.EventType === eventType.executionTerminated) {
    return { kind: 'terminated', reason: asString(event['Input']) ?? '' };
  }
  if (program === undefined || program.isOpen || context.isSuspended) return undefined;
  if (answer.error !== undefined) return { kind: 'failed', message: answer.error };
  if (!answer.isDone) return undefined;
  if (context.continuedWith === undefined) {
    return { kind: 'completed', outputJson: answer.outputJson };
  }
  return { kind: 'continued', input: context.continuedWith.input, carriedEvents: [] };
}

function stuck(program: Pending | undefined, answer: Answer): string | undefined {
  const isStuck = program?.isOpen === false && !answer.isDone && answer.error === undefined;
  return isStuck ? stuckRule : undefined;
}
