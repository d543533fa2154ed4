import { readFileSync } from 'node:fs';

/** One event of a history, its fields not looked at. */
export type TraceEvent = Readonly<Record<string, unknown>> & {
  readonly EventType: number;
  readonly EventId: number;
};

/** One episode: what the host sent and what the library said. */
export interface TraceEpisode {
  readonly trigger: Readonly<Record<string, unknown>> & { readonly history: readonly TraceEvent[] };
  readonly answer: Readonly<Record<string, unknown>>;
}

/** One instance in the shape of the recordings. */
export interface InstanceTrace {
  readonly orchestrator: string;
  readonly instanceId: string;
  readonly episodes: readonly TraceEpisode[];
  readonly activities: readonly Readonly<Record<string, unknown>>[];
  readonly status?: unknown;
}

interface Line {
  readonly phase: 'pre' | 'post' | 'timer';
  readonly fn: string;
  readonly trigger: string;
  readonly inputs: readonly unknown[];
  readonly triggerMetadata?: { readonly instanceId?: string };
  readonly result: unknown;
  readonly undefinedResult: boolean;
  readonly error: { readonly name?: string; readonly message?: string } | null;
  readonly t: unknown;
}

/** The lines that the recorder app has written. */
export function readTrace(path: string): readonly Line[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): Line => JSON.parse(line));
}

/** What timer functions were called with. */
export function timerCalls(lines: readonly Line[]): readonly unknown[] {
  return lines.filter(({ phase }) => phase === 'timer').map(({ t }) => t);
}

/** The lines put together by instance, in the shape of the recordings. */
export function instanceTraces(lines: readonly Line[]): ReadonlyMap<string, InstanceTrace> {
  const traces = new Map<string, InstanceTrace>();
  for (const [before, after] of pairs(lines, 'orchestrationTrigger')) {
    const trigger = before.inputs[0] as TraceEpisode['trigger'];
    const instanceId = String(trigger['instanceId']);
    const known = traces.get(instanceId);
    const answer = after.error === null ? { returned: after.result } : { threw: after.error };
    traces.set(instanceId, {
      orchestrator: before.fn,
      instanceId,
      episodes: [...(known?.episodes ?? []), { trigger, answer }],
      activities: activitiesOf(lines, instanceId),
    });
  }
  return traces;
}

function activitiesOf(lines: readonly Line[], instanceId: string): InstanceTrace['activities'] {
  return pairs(lines, 'activityTrigger')
    .filter(([before]) => before.triggerMetadata?.instanceId === instanceId)
    .map(([before, after]) => ({
      activity: before.fn,
      input: before.inputs[0],
      hasInput: before.inputs.length > 0,
      result: after.result,
      resultUndefined: after.undefinedResult,
      error: after.error,
    }));
}

/** Calls and returns carry no common id, so the n-th return of a function belongs to its n-th call. */
function pairs(lines: readonly Line[], trigger: string): readonly (readonly [Line, Line])[] {
  const open = new Map<string, Line[]>();
  const found: [Line, Line][] = [];
  for (const line of lines.filter((candidate) => candidate.trigger === trigger)) {
    const waiting = open.get(line.fn) ?? [];
    open.set(line.fn, waiting);
    if (line.phase === 'pre') waiting.push(line);
    const before = line.phase === 'post' ? waiting.shift() : undefined;
    if (before !== undefined) found.push([before, line]);
  }
  return found;
}
