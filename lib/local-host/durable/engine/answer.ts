import { asString, isRecord, type JsonRecord, tryParseJson } from '../../json.ts';
import { type Action, actionType, parseActions } from './actions.ts';

/** What the library said after running an orchestrator over its whole history. */
export interface Answer {
  readonly isDone: boolean;
  readonly actions: readonly Action[];
  /** The actions as they came, to be compared with the next answer. */
  readonly rawActions: readonly unknown[];
  /** JSON text; null when the orchestrator returned nothing. */
  readonly outputJson: string | null;
  readonly error: string | undefined;
  /** JSON text; undefined when no custom status was set. */
  readonly customStatusJson: string | undefined;
  /** True when one task was yielded in two compound tasks; only seen when the orchestrator didn't throw. */
  readonly repeatsTask: boolean;
}

const failureLabel = '$OutOfProcData$:';

/** Reads an answer that came back as JSON text. `result` is the library's own object, used to tell equal from same. */
export function parseAnswer(json: string, result: unknown): Answer {
  const state = tryParseJson(json);
  if (!isRecord(state))
    throw new TypeError('The library answered with something that is no object.');
  const lists = state['actions'];
  const rawActions: unknown = Array.isArray(lists) ? (lists[0] ?? []) : [];
  if (!Array.isArray(rawActions)) throw new TypeError('The library answered without actions.');
  const customStatus = state['customStatus'];
  return {
    isDone: state['isDone'] === true,
    actions: parseActions(rawActions),
    rawActions,
    outputJson: state['output'] === undefined ? null : JSON.stringify(state['output']),
    error: asString(state['error']),
    customStatusJson: customStatus === undefined ? undefined : JSON.stringify(customStatus),
    repeatsTask: repeatsTask(result),
  };
}

/** The answer inside the message that the library throws when an orchestrator fails; undefined for any other error. */
export function parseFailure(message: string): Answer | undefined {
  const at = message.indexOf(failureLabel);
  if (at < 0) return undefined;
  const answer = parseAnswer(message.slice(at + failureLabel.length), undefined);
  // An error with an empty message comes without the field.
  return { ...answer, error: answer.error ?? '' };
}

function repeatsTask(result: unknown): boolean {
  if (!isRecord(result) || !Array.isArray(result['actions'])) return false;
  return hasRepeat(result['actions'], new Set());
}

function hasRepeat(actions: readonly unknown[], seen: Set<unknown>, listType?: unknown): boolean {
  for (const action of actions.flat()) {
    if (!isRecord(action)) continue;
    if (seen.has(action) && !isHarmless(action, listType)) return true;
    seen.add(action);
    const children = action['compoundActions'];
    if (Array.isArray(children) && hasRepeat(children, seen, action['actionType'])) return true;
  }
  return false;
}

/** Waiting on for the same event is the one thing the extension provides for, but only in Task.any. */
function isHarmless(action: JsonRecord, listType: unknown): boolean {
  const isEvent = action['actionType'] === actionType.waitForExternalEvent;
  return isEvent && listType === actionType.whenAny;
}
