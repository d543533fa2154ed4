import { asNumber, asString, isRecord, type JsonRecord } from '../../json.ts';

/** Numbers of the actions a library answers with. */
export const actionType = {
  callActivity: 0,
  callActivityWithRetry: 1,
  callSubOrchestrator: 2,
  callSubOrchestratorWithRetry: 3,
  continueAsNew: 4,
  createTimer: 5,
  waitForExternalEvent: 6,
  whenAny: 11,
  whenAll: 12,
} as const;

/** Retry settings of a call; times in milliseconds. */
export interface RetryPolicy {
  readonly firstDelayMs: number;
  readonly attemptsMax: number;
  readonly backoffCoefficient: number;
  readonly delayMaxMs: number;
  readonly hasTimeout: boolean;
}

/** One step that an orchestrator asked for, in the order it yielded them. */
export type Action =
  | {
      readonly kind: 'activity';
      readonly name: string;
      readonly input: unknown;
      readonly retry: RetryPolicy | undefined;
    }
  | {
      readonly kind: 'child';
      readonly name: string;
      readonly input: unknown;
      readonly instanceId: string | undefined;
      readonly version: string | undefined;
      readonly retry: RetryPolicy | undefined;
    }
  | { readonly kind: 'timer'; readonly fireAt: string; readonly isCanceled: boolean }
  | { readonly kind: 'event'; readonly name: string }
  | { readonly kind: 'continue'; readonly input: unknown }
  | { readonly kind: 'any' | 'all'; readonly children: readonly Action[] };

/** Reads one action; one this host cannot do is a TypeError that says which. */
function parseAction(value: unknown): Action {
  if (!isRecord(value))
    throw new TypeError('The library answered with an action that is no object.');
  switch (value['actionType']) {
    case actionType.callActivity:
    case actionType.callActivityWithRetry:
      return {
        kind: 'activity',
        name: text(value, 'functionName'),
        input: value['input'],
        retry: parseRetry(value['retryOptions']),
      };
    case actionType.callSubOrchestrator:
    case actionType.callSubOrchestratorWithRetry:
      return {
        kind: 'child',
        name: text(value, 'functionName'),
        input: value['input'],
        instanceId: asString(value['instanceId']),
        version: asString(value['version']),
        retry: parseRetry(value['retryOptions']),
      };
    case actionType.createTimer:
      return {
        kind: 'timer',
        fireAt: text(value, 'fireAt'),
        isCanceled: value['isCanceled'] === true,
      };
    case actionType.waitForExternalEvent:
      return { kind: 'event', name: text(value, 'externalEventName') };
    case actionType.continueAsNew:
      return { kind: 'continue', input: value['input'] };
    case actionType.whenAny:
      return { kind: 'any', children: parseActions(value['compoundActions']) };
    case actionType.whenAll:
      return { kind: 'all', children: parseActions(value['compoundActions']) };
    default:
      throw new TypeError(
        `The local host cannot do action ${String(value['actionType'])} (entities and callHttp are not supported).`,
      );
  }
}

/** Reads a list of actions. */
export function parseActions(value: unknown): readonly Action[] {
  if (!Array.isArray(value)) throw new TypeError('The library answered without a list of actions.');
  return value.map(parseAction);
}

function parseRetry(value: unknown): RetryPolicy | undefined {
  if (!isRecord(value)) return undefined;
  return {
    firstDelayMs: asNumber(value['firstRetryIntervalInMilliseconds']) ?? 0,
    attemptsMax: asNumber(value['maxNumberOfAttempts']) ?? 1,
    backoffCoefficient: asNumber(value['backoffCoefficient']) ?? 1,
    delayMaxMs: asNumber(value['maxRetryIntervalInMilliseconds']) ?? Number.POSITIVE_INFINITY,
    hasTimeout: asNumber(value['retryTimeoutInMilliseconds']) !== undefined,
  };
}

function text(value: JsonRecord, field: string): string {
  const found = asString(value[field]);
  if (found === undefined)
    throw new TypeError(`The library answered with an action without ${field}.`);
  return found;
}
