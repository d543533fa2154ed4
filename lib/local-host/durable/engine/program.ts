import type { Action, RetryPolicy } from './actions.ts';
import type { ReplayContext } from './context.ts';
import { allOf, anyOf, follow, Pending, type Steps } from './outcome.ts';

const dayMs = 86_400_000;
/** Timers further away than this are cut into hops; both values are told to the library too. */
const shortTimerMaxMs = 6 * dayMs;
const longTimerHopMs = 3 * dayMs;

/** What the program needs to know of the execution it runs in. */
interface ProgramScope {
  readonly context: ReplayContext;
  readonly executionId: string;
  /** Called when a WhenAll goes on waiting although one child has finally failed. */
  onMixedFailure(): void;
}

/**
 * Runs the list of actions as the extension does: as a program that awaits one action after the other and
 * swallows failures, since the library tells the orchestrator. Task ids follow from the order of this.
 */
export function runProgram(actions: readonly Action[], scope: ProgramScope): Pending {
  return follow(programSteps(actions, scope));
}

function* programSteps(actions: readonly Action[], scope: ProgramScope): Steps {
  for (const action of actions) yield begin(action, scope);
  return 'succeeded';
}

function begin(action: Action, scope: ProgramScope): Pending {
  const { context } = scope;
  switch (action.kind) {
    case 'activity':
      return withRetry(scope, action.retry, () =>
        context.schedule({ kind: 'activity', name: action.name, input: action.input }),
      );
    case 'child':
      return withRetry(scope, action.retry, () => scheduleChild(action, scope));
    case 'timer':
      return beginTimer(action, context);
    case 'event':
      return context.waitForEvent(action.name);
    case 'continue':
      context.continuedWith = { input: action.input };
      return settled();
    case 'any':
      return anyOf(action.children.map((child) => begin(child, scope)));
    case 'all':
      return beginAll(action.children, scope);
  }
}

function beginAll(actions: readonly Action[], scope: ProgramScope): Pending {
  const children = actions.map((child) => begin(child, scope));
  const retried = children.filter((_, index) => hasRetry(actions[index]));
  for (const child of children) {
    child.whenSettled(() => {
      if (child.hasFailed && retried.some((other) => other.isOpen)) scope.onMixedFailure();
    });
  }
  return allOf(children);
}

function hasRetry(action: Action | undefined): boolean {
  return (action?.kind === 'activity' || action?.kind === 'child') && action.retry !== undefined;
}

function scheduleChild(
  action: Action & { kind: 'child' },
  { context, executionId }: ProgramScope,
): Pending {
  const instanceId = action.instanceId ?? `${executionId}:${context.nextId}`;
  const { name, input, version } = action;
  return context.schedule({ kind: 'child', name, input, instanceId, version });
}

function withRetry(
  { context }: ProgramScope,
  policy: RetryPolicy | undefined,
  attempt: () => Pending,
): Pending {
  return policy === undefined ? attempt() : follow(retrySteps(context, policy, attempt));
}

function* retrySteps(context: ReplayContext, policy: RetryPolicy, attempt: () => Pending): Steps {
  for (let done = 1; ; done += 1) {
    // Ends after policy.attemptsMax turns.
    const call = attempt();
    yield call;
    if (!call.hasFailed) return 'succeeded';
    const isLast = done >= policy.attemptsMax;
    const delayMs = isLast ? 0 : retryDelayMs(policy, done);
    yield scheduleTimer(context, context.nowMs + delayMs);
    // The library counts a timer after the last failure too, so the extension fires one at once.
    if (isLast) return 'failed';
  }
}

/** The wait after the given number of failed attempts. */
function retryDelayMs(policy: RetryPolicy, failedAttempts: number): number {
  const delayMs = policy.firstDelayMs * policy.backoffCoefficient ** (failedAttempts - 1);
  return Math.min(delayMs, policy.delayMaxMs);
}

function beginTimer(action: Action & { kind: 'timer' }, context: ReplayContext): Pending {
  const timer = follow(timerSteps(context, Date.parse(action.fireAt)));
  if (!action.isCanceled) return timer;
  // A cancelled timer still takes its id; nobody waits for it any more.
  return settled();
}

function* timerSteps(context: ReplayContext, fireAtMs: number): Steps {
  while (fireAtMs - context.nowMs > shortTimerMaxMs) {
    // Ends: each turn waits three days closer to the end.
    yield scheduleTimer(context, context.nowMs + longTimerHopMs);
  }
  yield scheduleTimer(context, fireAtMs);
  return 'succeeded';
}

function scheduleTimer(context: ReplayContext, fireAtMs: number): Pending {
  return context.schedule({ kind: 'timer', fireAt: new Date(fireAtMs).toISOString() });
}

function settled(): Pending {
  const pending = new Pending();
  pending.settle('succeeded');
  return pending;
}
