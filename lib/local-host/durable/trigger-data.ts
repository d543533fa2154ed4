import { tryParseJson } from '../json.ts';
import type { TypedData } from '../loader/core-types.ts';
import type { HistoryEvent, ParentInstance } from './events.ts';
import type { Instance } from './store/instances.ts';

/** What an orchestrator is told of its instance besides the history. */
export interface Orchestration extends Pick<Instance, 'id' | 'name' | 'inputJson'> {
  readonly parent: Pick<ParentInstance, 'instanceId'> | undefined;
}

/** What the extension hands to an orchestrator function: its whole history and the rules of replay. */
export function orchestrationTrigger(
  instance: Orchestration,
  history: readonly HistoryEvent[],
  isReplaying: boolean,
): TypedData {
  return {
    json: JSON.stringify({
      history,
      input: instance.inputJson === null ? null : tryParseJson(instance.inputJson),
      instanceId: instance.id,
      isReplaying,
      parentInstanceId: instance.parent?.instanceId ?? null,
      upperSchemaVersion: 1,
      upperSchemaVersionNew: 3,
      longRunningTimerIntervalDuration: '3.00:00:00',
      maximumShortTimerDuration: '6.00:00:00',
      // The misspelling is the protocol's own.
      defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
    }),
  };
}

/** An activity's input as the real host delivers it: a bare boolean as the text True or False, null as nothing. */
export function activityTrigger(inputJson: string | null): TypedData | undefined {
  const input = inputJson === null ? undefined : tryParseJson(inputJson);
  if (input === undefined || input === null) return undefined;
  if (typeof input === 'boolean') return { string: input ? 'True' : 'False' };
  return typeof input === 'string' ? { string: input } : { json: JSON.stringify(input) };
}

/** A handler's return value as JSON text; null when it returned nothing. */
export function returnValueJson(value: TypedData | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (value.json !== undefined) return value.json;
  if (value.bytes !== undefined) return JSON.stringify(Buffer.from(value.bytes).toString('base64'));
  return JSON.stringify(value.string ?? value.int ?? value.double ?? null);
}
