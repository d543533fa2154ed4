import { toError } from '../host-error.ts';
import { type Answer, parseAnswer, parseFailure } from './engine/answer.ts';
import type { HistoryEvent } from './events.ts';
import type { TaskHub } from './task-hub.ts';
import { type Orchestration, orchestrationTrigger } from './trigger-data.ts';

/** What the library said, or why it said nothing that can be read. */
interface Asked {
  readonly answer: Answer | undefined;
  readonly problem: string | undefined;
}

/** Replays an orchestrator over its history and what is new, and reads its answer. Never rejects. */
export async function askOrchestrator(
  hub: Pick<TaskHub, 'findFunction' | 'invoke'>,
  orchestration: Orchestration,
  history: readonly HistoryEvent[],
  newEvents: readonly HistoryEvent[],
): Promise<Asked> {
  const target = hub.findFunction('orchestration', orchestration.name);
  if (target === undefined) {
    const text = `The function '${orchestration.name}' doesn't exist, is disabled, or is not an orchestrator function.`;
    return { answer: undefined, problem: text };
  }
  const data = orchestrationTrigger(orchestration, [...history, ...newEvents], history.length > 0);
  const outcome = await hub.invoke({ target, data });
  try {
    if (outcome.ok) {
      const json = outcome.response.returnValue?.json ?? '';
      return { answer: parseAnswer(json, outcome.result), problem: undefined };
    }
    const error = toError(outcome.error);
    const answer = parseFailure(error.message);
    return { answer, problem: answer === undefined ? error.message : undefined };
  } catch (error) {
    return { answer: undefined, problem: toError(error).message };
  }
}
