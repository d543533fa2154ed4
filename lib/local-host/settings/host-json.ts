import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { failureStrategies, matchStrategies, type Versioning } from '../durable/versioning.ts';
import { readEnvironment, resolveSettings } from '../environment.ts';
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
  readonly versioning: Versioning;
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
    versioning: readVersioning(durable),
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

function readVersioning(durable: unknown): Versioning {
  const version = pick(durable, 'defaultVersion') ?? undefined;
  if (version !== undefined && typeof version !== 'string') {
    throw new HostError('host.json: extensions.durableTask.defaultVersion must be text.');
  }
  return {
    defaultVersion: version,
    matchStrategy: choice(durable, 'versionMatchStrategy', matchStrategies) ?? 'CurrentOrOlder',
    failureStrategy: choice(durable, 'versionFailureStrategy', failureStrategies) ?? 'Reject',
  };
}

/** One of the values, in any case as on Azure. */
function choice<T extends string>(
  durable: unknown,
  name: string,
  values: readonly T[],
): T | undefined {
  const wanted = pick(durable, name);
  if (wanted === undefined) return undefined;
  const found = values.find((value) => value.toLowerCase() === asString(wanted)?.toLowerCase());
  if (found !== undefined) return found;
  const allowed = values.join(', ');
  throw new HostError(`host.json: extensions.durableTask.${name} must be one of ${allowed}.`);
}

/** A setting of the app goes before host.json, as on Azure. */
function limit(durable: unknown, name: string): number | undefined {
  const setting = readEnvironment(`AzureFunctionsJobHost__extensions__durableTask__${name}`);
  const value = setting === undefined ? pick(durable, name) : Number(setting);
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
