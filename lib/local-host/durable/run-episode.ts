import { toError } from '../host-error.ts';
import { asString } from '../json.ts';
import { commitEpisode } from './commit-episode.ts';
import { actionsProblem } from './determinism.ts';
import { type Answer, parseAnswer, parseFailure } from './engine/answer.ts';
import { type Decision, decide } from './engine/decide.ts';
import { eventType, type HistoryEvent, plainEvent } from './events.ts';
import { customStatusProblem, payloadProblem } from './payload-limit.ts';
import { type Instance, isFinished } from './store/instances.ts';
import type { Message } from './store/messages.ts';
import type { TaskHub } from './task-hub.ts';
import { orchestrationTrigger } from './trigger-data.ts';

/** One turn of an instance: the messages it takes in, and what came of them. */
export interface Turn {
  readonly instance: Instance;
  readonly consumed: readonly Message[];
  readonly newEvents: readonly HistoryEvent[];
  readonly answer: Answer | undefined;
  readonly decision: Decision;
}

/** Takes the waiting messages of one instance, runs its orchestrator over them and commits what follows. */
export async function runEpisode(hub: TaskHub, instanceId: string): Promise<void> {
  const instance = hub.store.instances.find(instanceId);
  const messages = hub.store.messages.read(instanceId);
  const fresh = messages.filter((message) => isMeantFor(message, instance));
  if (instance === undefined || fresh.length === 0) {
    hub.store.transaction(() => hub.store.messages.remove(messages));
    return;
  }
  const consumed = consumedNow(instance, fresh);
  const dropped = messages.filter((message) => !fresh.includes(message));
  const newEvents = toNewEvents(instance, consumed);
  const history = hub.store.histories.read(instanceId);
  const { answer, problem } = await ask(hub, instance, history, newEvents);
  const decision = decideOrFail(hub, instance, [...history, ...newEvents], answer, problem);
  commitEpisode(hub, {
    instance,
    consumed: [...consumed, ...dropped],
    newEvents,
    answer,
    decision,
  });
}

function isMeantFor(message: Message, instance: Instance | undefined): boolean {
  if (instance === undefined || isFinished(instance)) return false;
  return message.executionId === null || message.executionId === instance.executionId;
}

function consumedNow(instance: Instance, messages: readonly Message[]): readonly Message[] {
  // An execution begins with its start, and one that continued as new begins with nothing else.
  const starts = messages.filter(isStart);
  if (instance.status === 'ContinuedAsNew' && starts.length > 0) return starts;
  return [...starts, ...messages.filter((message) => !isStart(message))];
}

function isStart({ event }: Message): boolean {
  return event.EventType === eventType.executionStarted;
}

function toNewEvents(instance: Instance, consumed: readonly Message[]): readonly HistoryEvent[] {
  const events = consumed.map(({ event }) => event);
  const opening = plainEvent(eventType.orchestratorStarted);
  if (instance.status !== 'ContinuedAsNew') return [opening, ...events];
  return [opening, ...events, plainEvent(eventType.orchestratorCompleted)];
}

async function ask(
  hub: TaskHub,
  instance: Instance,
  history: readonly HistoryEvent[],
  newEvents: readonly HistoryEvent[],
): Promise<{ answer: Answer | undefined; problem: string | undefined }> {
  const target = hub.findFunction('orchestration', instance.name);
  if (target === undefined) {
    const text = `The function '${instance.name}' doesn't exist, is disabled, or is not an orchestrator function.`;
    return { answer: undefined, problem: text };
  }
  const data = orchestrationTrigger(instance, [...history, ...newEvents], history.length > 0);
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

function decideOrFail(
  hub: TaskHub,
  instance: Instance,
  history: readonly HistoryEvent[],
  answer: Answer | undefined,
  problem: string | undefined,
): Decision {
  if (answer === undefined) return failure(problem ?? 'The orchestrator gave no answer.');
  try {
    const { executionId } = instance;
    const decision = decide({ executionId, history, answer, strict: hub.strict });
    if (decision.ending?.kind === 'terminated' || !hub.strict) return decision;
    const broken = brokenLimit(hub, instance, history, answer, decision);
    return broken === undefined ? decision : failure(broken);
  } catch (error) {
    return failure(toError(error).message);
  }
}

function brokenLimit(
  hub: TaskHub,
  instance: Instance,
  history: readonly HistoryEvent[],
  answer: Answer,
  { commands, ending }: Decision,
): string | undefined {
  const output = ending?.kind === 'completed' ? ending.outputJson : null;
  const input = ending?.kind === 'continued' ? JSON.stringify(ending.input) : null;
  return (
    actionsProblem(instance.actionsJson, answer.rawActions) ??
    customStatusProblem(answer.customStatusJson) ??
    payloadProblem('the output of the orchestrator', output) ??
    payloadProblem('the input given to continueAsNew', input) ??
    firstOf(history, (event) => payloadProblem('a result or event', payloadOf(event))) ??
    firstOf(commands, (command) => {
      if (command.kind === 'timer') return undefined;
      if (command.kind === 'activity' && hub.findFunction('activity', command.name) === undefined) {
        return `Breaks on Azure: activity '${command.name}' is not registered, so the instance would hang for ever.`;
      }
      return payloadProblem(`the input of '${command.name}'`, JSON.stringify(command.input));
    })
  );
}

function payloadOf(event: HistoryEvent): string | undefined {
  return asString(event['Result']) ?? asString(event['Input']);
}

function firstOf<T>(
  values: readonly T[],
  find: (value: T) => string | undefined,
): string | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function failure(message: string): Decision {
  return { commands: [], ending: { kind: 'failed', message }, isSuspended: false, nextId: 0 };
}
