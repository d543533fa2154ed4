import type { HistoryEvent } from '../../../lib/local-host/durable/events.ts';
import type { Instance } from '../../../lib/local-host/durable/store/instances.ts';
import type { RecordedInstance } from './recording.ts';

/** An instance with its whole history, as the state file of the local host has it. */
export interface Found {
  readonly instance: Instance;
  readonly history: readonly HistoryEvent[];
}

/** Where every recording begins. */
const beginningMs = Date.parse('2026-01-01T00:00:00.000Z');
/** Read by no replay. `Details` holds the stack of a failure, with paths. */
const dropped = [
  'IsPlayed',
  'Generation',
  'GenerateNewTrace',
  'OrchestrationInstance',
  'ParentInstance',
];
const emptied = ['Details'];

/** The instances of one scenario as lines of files, by id: with plain ids, and times from one beginning. */
export function reduce(
  found: readonly Found[],
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  const startMs = Math.min(...found.map(({ instance }) => Date.parse(instance.createdAt)));
  const plain = (line: string) => shiftTimes(rename(line, names), beginningMs - startMs);
  return new Map(
    found.map(({ instance, history }) => {
      const lines = [headOf(instance), ...history.map(reduceEvent)];
      return [rename(instance.id, names), lines.map((line) => plain(JSON.stringify(line)))];
    }),
  );
}

function headOf(instance: Instance): RecordedInstance {
  return {
    id: instance.id,
    name: instance.name,
    version: instance.version ?? '',
    parentId: instance.parent?.instanceId ?? null,
    input: JSON.parse(instance.inputJson ?? 'null'),
    actions: JSON.parse(instance.actionsJson ?? '[]'),
  };
}

function reduceEvent(event: HistoryEvent): object {
  const { EventType, EventId, Timestamp, ...rest } = event;
  const fields = Object.entries(rest)
    .filter(([name, value]) => value !== null && !dropped.includes(name))
    .map(([name, value]) => [name, emptied.includes(name) ? '' : value]);
  return { EventType, EventId, Timestamp, ...Object.fromEntries(fields) };
}

/** Longer names first: the id of an instance may hold that of an export. */
function rename(text: string, names: ReadonlyMap<string, string>): string {
  return [...names]
    .toSorted(([a], [b]) => b.length - a.length)
    .reduce((renamed, [from, to]) => renamed.replaceAll(from, to), text);
}

function shiftTimes(text: string, shiftMs: number): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (time) =>
    new Date(Date.parse(time) + shiftMs).toISOString(),
  );
}
