import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { resolveSettings } from '../environment.ts';
import { HostError } from '../host-error.ts';
import { asNumber, asString, isRecord, type JsonRecord, pick, tryParseJson } from '../json.ts';
import { type LogLevel, toLogLevel } from '../log.ts';

/** What the host takes from host.json; everything else there is for Azure only. */
export interface HostSettings {
  /** Without slashes at the ends; '' when routes start at the root. */
  readonly routePrefix: string;
  readonly taskHubName: string;
  readonly maxConcurrentActivityFunctions: number;
  readonly maxConcurrentOrchestratorFunctions: number;
  readonly defaultVersion: string | undefined;
  readonly logLevel: LogLevel;
}

/** Reads host.json of an app; a missing file means all defaults, broken JSON is a HostError. */
export function readHostSettings(appDirectory: string): HostSettings {
  const host = readJsonFile(join(appDirectory, 'host.json'));
  const durable = pick(host, 'extensions', 'durableTask');
  const perCore = 10 * availableParallelism();
  return {
    routePrefix: trimSlashes(asString(pick(host, 'extensions', 'http', 'routePrefix')) ?? 'api'),
    taskHubName: resolveSettings(asString(pick(durable, 'hubName')) ?? 'TestHubName'),
    maxConcurrentActivityFunctions: limit(durable, 'maxConcurrentActivityFunctions') ?? perCore,
    maxConcurrentOrchestratorFunctions:
      limit(durable, 'maxConcurrentOrchestratorFunctions') ?? perCore,
    defaultVersion: asString(pick(durable, 'defaultVersion')),
    logLevel: toLogLevel(pick(host, 'logging', 'logLevel', 'default')) ?? 'information',
  };
}

/** The object in a JSON file; an empty one when there is no such file. */
export function readJsonFile(path: string): JsonRecord {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  const value = tryParseJson(text);
  if (!isRecord(value)) throw new HostError(`${path} does not hold a JSON object.`);
  return value;
}

function limit(durable: unknown, name: string): number | undefined {
  const value = pick(durable, name);
  if (value === undefined) return undefined;
  const count = asNumber(value);
  if (count === undefined || !Number.isInteger(count) || count < 1) {
    throw new HostError(`host.json: extensions.durableTask.${name} must be a whole number from 1.`);
  }
  return count;
}

function trimSlashes(text: string): string {
  return text.replace(/^\/+|\/+$/g, '');
}
