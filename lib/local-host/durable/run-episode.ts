import { toError } from '../host-error.ts';
import type { Call } from '../invoke/invoker.ts';
import { asString } from '../json.ts';
import { askOrchestrator } from './ask-orchestrator.ts';
import { commitEpisode } from './commit-episode.ts';
import { actionsProblem } from './determinism.ts';
import type { Answer } from './engine/answer.ts';
import { type Decision, decide } from './engine/decide.ts';
import { eventType, type HistoryEvent, plainEvent } from './events.ts';
import { customStatusProblem, payloadProblem } from './payload-limit.ts';
import { type Instance, isFinished } from './store/instances.ts';
import type { Message } from './store/messages.ts';
import type { TaskHub } from './task-hub.ts';
import type { Turn } from './turn.ts';
import { isVersionMatched, versionMismatch } from './versioning.ts';

/** Takes the waiting messages of one instance, runs its orchestrator over them and commits what follows. */
export async function runEpisode(hub: TaskHub, instanceId: string): Promise<void> {
  const instance = hub.store.instances.find(instanceId);
  const messages = hub.store.messages.read(instanceId);
  const fresh = messages.filter((message) => isMeantFor(message, instance));
  if (instance === undefined || fresh.length === 0) {
    hub.store.transaction(() => hub.store.messages.remove(messages));
    return;
  }
  const isMatched = isVersionMatched(hub.versioning, instance.version);
  if (!isMatched && hub.versioning.failureStrategy === 'Reject') return leaveAlone(hub, instance);
  const consumed = consumedNow(instance, fresh);
  const dropped = messages.filter((message) => !fresh.includes(message));
  const newEvents = toNewEvents(instance, consumed);
  const history = hub.store.histories.read(instanceId);
  const { answer, decision } = isMatched
    ? await play(hub, instance, history, newEvents)
    : { answer: undefined, decision: refusal(history.length) };
  commitEpisode(hub, {
    instance,
    consumed: [...consumed, ...dropped],
    newEvents,
    answer,
    decision,
  });
}

/** Its messages stay where they are, for a host of its version. */
function leaveAlone({ leftAlone, log, versioning }: TaskHub, instance: Instance): void {
  if (leftAlone.has(instance.executionId)) return;
  leftAlone.add(instance.executionId);
  const version = (instance.version ?? '') === '' ? 'no version' : `version ${instance.version}`;
  const own = versioning.defaultVersion ?? 'none';
  log.write(
    'warning',
    `${instance.name} (${instance.id}) has ${version}, this host ${own} and versionMatchStrategy ` +
      `${versioning.matchStrategy}: it is left alone until a host starts that may work on it.`,
  );
}

async function play(
  hub: TaskHub,
  instance: Instance,
  history: readonly HistoryEvent[],
  newEvents: readonly HistoryEvent[],
): Promise<Pick<Turn, 'answer' | 'decision'>> {
  const onBegin = () => hub.faults.reach('duringEpisode', instance.name);
  const asked = { ...hub, invoke: (call: Call) => hub.invoke(call, onBegin) };
  const { answer, problem } = await askOrchestrator(asked, instance, history, newEvents);
  const events = [...history, ...newEvents];
  return { answer, decision: decideOrFail(hub, instance, events, answer, problem) };
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

function refusal(pastEvents: number): Decision {
  const message = `${versionMismatch.ErrorMessage}.`;
  const ending = { kind: 'failed', message, failureDetails: versionMismatch } as const;
  return { commands: [], ending, isSuspended: false, nextId: pastEvents };
}
