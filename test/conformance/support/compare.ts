import { normalize } from './normalize.ts';
import type { InstanceTrace, TraceEpisode, TraceEvent } from './trace.ts';

const timerCreated = 10;
const orchestratorStarted = 12;
const orchestratorCompleted = 13;

/** An instance's trace with placeholders for what must differ; every episode with its whole history. */
export function byEpisode(trace: InstanceTrace): unknown {
  return {
    ...shared(trace),
    episodes: trace.episodes.map(({ trigger, answer }) => ({
      trigger: normalize({ ...trigger, history: withDelays(trigger.history) }),
      answer: normalize(answer),
    })),
  };
}

/**
 * The same without the borders of episodes: for instances whose completions arrive close together, since how many
 * of them one episode takes in depends on the polling of a queue and on the speed of the machine.
 */
export function byHistory(trace: InstanceTrace): unknown {
  const last = trace.episodes.at(-1);
  const history = last === undefined ? [] : withDelays(last.trigger.history).filter(isNoBorder);
  return {
    ...shared(trace),
    history: history.map((event) => normalize({ ...event, IsPlayed: '<any>' })),
    firstAnswer: normalize(trace.episodes[0]?.answer),
    lastAnswer: normalize(last?.answer),
  };
}

function shared({ orchestrator, instanceId, activities, status }: InstanceTrace): object {
  return {
    orchestrator,
    instanceId: normalize(instanceId),
    calls: activities
      .map(({ activity, input, hasInput }) => text({ activity, input, hasInput }))
      .toSorted(),
    // Calls that overlap cannot be told apart in a recording, so calls and results are two sorted lists.
    results: activities
      .map(({ activity, result, resultUndefined, error }) =>
        text({ activity, result, resultUndefined, error }),
      )
      .toSorted(),
    status: normalize(status),
  };
}

function text(value: unknown): string {
  return JSON.stringify(normalize(value));
}

function isNoBorder({ EventType }: TraceEvent): boolean {
  return EventType !== orchestratorStarted && EventType !== orchestratorCompleted;
}

/** A timer's time becomes its distance from the start of the episode that made it, in whole milliseconds. */
function withDelays(history: TraceEpisode['trigger']['history']): readonly TraceEvent[] {
  let startedMs = 0;
  return history.map((event) => {
    if (event.EventType === orchestratorStarted) startedMs = Date.parse(String(event['Timestamp']));
    if (event.EventType !== timerCreated) return event;
    const delayMs = Date.parse(String(event['FireAt'])) - startedMs;
    return { ...event, FireAt: `${delayMs} ms after the episode's start` };
  });
}
