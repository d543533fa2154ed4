import { isRecord } from './json.ts';

/** The named points at which the host can be told to die. */
export const faultSteps = [
  'beforeActivityHandler',
  'afterActivityHandler',
  'beforeActivityCommit',
  'afterActivityCommit',
  'beforeEpisodeCommit',
  'afterEpisodeCommit',
  'beforeStartCommit',
  'afterStartCommit',
] as const;
export type FaultStep = (typeof faultSteps)[number];

/** What is made to go wrong; an absent switch is off. */
export interface FaultSettings {
  /** Runs every activity handler twice, one after the other or both at once; the second result counts. */
  readonly activityTwice?: boolean | 'concurrent';
  /** Throws away the result of the next `times` calls of an activity ("*" for any) and delivers the call again. */
  readonly loseResult?: { readonly activity: string; readonly times: number };
  /** Kills this process (SIGKILL) when the step is reached for the n-th time; `name` narrows it to one function. */
  readonly crashAt?: {
    readonly step: FaultStep;
    readonly occurrence: number;
    readonly name?: string;
  };
}

/** The switches of a running host; they can be changed at any time. */
export class Faults {
  #settings: FaultSettings;
  #lostSoFar = 0;
  #reached = 0;

  constructor(settings: FaultSettings = {}) {
    this.#settings = settings;
  }

  get settings(): FaultSettings {
    return this.#settings;
  }

  /** The settings, and how often they have struck since they were last changed. */
  get report(): object {
    return { ...this.#settings, resultsLost: this.#lostSoFar, crashStepReached: this.#reached };
  }

  /** Puts the given settings in the place of all earlier ones and counts from zero. */
  set(settings: FaultSettings): void {
    this.#settings = settings;
    this.#lostSoFar = 0;
    this.#reached = 0;
  }

  /** True when the result of this call is to be thrown away; counts it. */
  losesResult(activity: string): boolean {
    const lose = this.#settings.loseResult;
    if (lose === undefined || this.#lostSoFar >= lose.times) return false;
    if (lose.activity !== '*' && lose.activity !== activity) return false;
    this.#lostSoFar += 1;
    return true;
  }

  /** Does not return when this is the point to die at. `name` is the function that is being worked on. */
  reach(step: FaultStep, name: string): void {
    const crash = this.#settings.crashAt;
    if (crash?.step !== step || (crash.name !== undefined && crash.name !== name)) return;
    this.#reached += 1;
    if (this.#reached < crash.occurrence) return;
    console.error(`fault switch: dying at ${step} of ${name}`);
    process.kill(process.pid, 'SIGKILL');
  }
}

/** Reads fault settings from JSON. Anything unknown is a TypeError that names it. */
export function parseFaults(value: unknown): FaultSettings {
  if (!isRecord(value)) throw new TypeError('Faults must be a JSON object.');
  const { activityTwice, loseResult, crashAt, ...unknown } = value;
  const extra = Object.keys(unknown)[0];
  if (extra !== undefined) throw new TypeError(`There is no fault switch "${extra}".`);
  return {
    ...(activityTwice === undefined ? {} : { activityTwice: parseTwice(activityTwice) }),
    ...(loseResult === undefined ? {} : { loseResult: parseLoss(loseResult) }),
    ...(crashAt === undefined ? {} : { crashAt: parseCrash(crashAt) }),
  };
}

function parseTwice(value: unknown): boolean | 'concurrent' {
  if (typeof value === 'boolean' || value === 'concurrent') return value;
  throw new TypeError('"activityTwice" must be true, false or "concurrent".');
}

function parseLoss(value: unknown): { activity: string; times: number } {
  const { activity, times } = isRecord(value) ? value : {};
  if (typeof activity === 'string' && isCount(times)) return { activity, times };
  throw new TypeError('"loseResult" must be {"activity": a name or "*", "times": a count from 1}.');
}

function parseCrash(value: unknown): { step: FaultStep; occurrence: number; name?: string } {
  const { step, occurrence = 1, name } = isRecord(value) ? value : {};
  const known = faultSteps.find((candidate) => candidate === step);
  if (known === undefined)
    throw new TypeError(`"crashAt.step" must be one of ${faultSteps.join(', ')}.`);
  if (!isCount(occurrence)) throw new TypeError('"crashAt.occurrence" must be a count from 1.');
  if (name !== undefined && typeof name !== 'string')
    throw new TypeError('"crashAt.name" must be text.');
  return { step: known, occurrence, ...(name === undefined ? {} : { name }) };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}
