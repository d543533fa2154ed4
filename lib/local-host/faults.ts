import { isRecord } from './json.ts';

/** The named points at which something can be told to die. */
export const faultSteps = [
  'beforeActivityHandler',
  'duringActivity',
  'afterActivityHandler',
  'beforeActivityCommit',
  'afterActivityCommit',
  'duringEpisode',
  'beforeEpisodeCommit',
  'afterEpisodeCommit',
  'beforeStartCommit',
  'afterStartCommit',
] as const;
export type FaultStep = (typeof faultSteps)[number];

/** When a death comes: at the n-th to the (n + times − 1)-th time a step is reached, or at once. */
export interface DeathSettings {
  readonly step: FaultStep | 'now';
  readonly occurrence: number;
  readonly times: number;
  /** Narrows the step to one function. */
  readonly name?: string;
}

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
  /** Ends the worker, and with it all calls that run, while the host lives on and starts another. */
  readonly workerDiesAt?: DeathSettings;
  /** Restarts the host inside its process. */
  readonly hostRestartsAt?: DeathSettings;
}

/** What a host does when a switch strikes that leaves the process alive. */
export interface Strikes {
  workerDies(): void;
  hostRestarts(): void;
}

/** The switches of a running host; they can be changed at any time. */
export class Faults {
  #settings: FaultSettings;
  #lostSoFar = 0;
  #reached = 0;
  #workerDeaths = new Countdown(undefined);
  #restarts = new Countdown(undefined);
  #strikes: Strikes = { workerDies: () => undefined, hostRestarts: () => undefined };

  constructor(settings: FaultSettings = {}) {
    this.#settings = settings;
    this.#arm();
  }

  /** Says what is to be done when a switch strikes; once, when the host is there. */
  attach(strikes: Strikes): void {
    this.#strikes = strikes;
  }

  get settings(): FaultSettings {
    return this.#settings;
  }

  /** The settings, and how often they have struck since they were last changed. */
  get report(): object {
    return {
      ...this.#settings,
      resultsLost: this.#lostSoFar,
      crashStepReached: this.#reached,
      workerDeaths: this.#workerDeaths.struck,
      hostRestarts: this.#restarts.struck,
    };
  }

  /** Puts the given settings in the place of all earlier ones and counts from zero. */
  set(settings: FaultSettings): void {
    this.#settings = settings;
    this.#lostSoFar = 0;
    this.#reached = 0;
    this.#arm();
    this.#strike('now', '');
  }

  /** True when the result of this call is to be thrown away; counts it. */
  losesResult(activity: string): boolean {
    const lose = this.#settings.loseResult;
    if (lose === undefined || this.#lostSoFar >= lose.times) return false;
    if (lose.activity !== '*' && lose.activity !== activity) return false;
    this.#lostSoFar += 1;
    return true;
  }

  /** Does not return when the process is to die here. `name` is the function that is being worked on. */
  reach(step: FaultStep, name: string): void {
    this.#strike(step, name);
    const crash = this.#settings.crashAt;
    if (crash?.step !== step || (crash.name !== undefined && crash.name !== name)) return;
    this.#reached += 1;
    if (this.#reached < crash.occurrence) return;
    console.error(`fault switch: dying at ${step} of ${name}`);
    process.kill(process.pid, 'SIGKILL');
  }

  #arm(): void {
    this.#workerDeaths = new Countdown(this.#settings.workerDiesAt);
    this.#restarts = new Countdown(this.#settings.hostRestartsAt);
  }

  #strike(step: FaultStep | 'now', name: string): void {
    const place = step === 'now' ? 'now' : `at ${step} of ${name}`;
    if (this.#workerDeaths.strikes(step, name)) {
      console.error(`fault switch: the worker dies ${place}`);
      this.#strikes.workerDies();
    }
    if (this.#restarts.strikes(step, name)) {
      console.error(`fault switch: the host restarts ${place}`);
      this.#strikes.hostRestarts();
    }
  }
}

/** Counts how often a step was reached, and how often that was a time to strike. */
class Countdown {
  readonly #death: DeathSettings | undefined;
  #reached = 0;
  struck = 0;

  constructor(death: DeathSettings | undefined) {
    this.#death = death;
  }

  strikes(step: FaultStep | 'now', name: string): boolean {
    const death = this.#death;
    if (death?.step !== step || (death.name !== undefined && death.name !== name)) return false;
    this.#reached += 1;
    const past = this.#reached - death.occurrence;
    if (past < 0 || past >= death.times) return false;
    this.struck += 1;
    return true;
  }
}

/** Reads fault settings from JSON. Anything unknown is a TypeError that names it. */
export function parseFaults(value: unknown): FaultSettings {
  if (!isRecord(value)) throw new TypeError('Faults must be a JSON object.');
  const { activityTwice, loseResult, crashAt, workerDiesAt, hostRestartsAt, ...unknown } = value;
  const extra = Object.keys(unknown)[0];
  if (extra !== undefined) throw new TypeError(`There is no fault switch "${extra}".`);
  return {
    ...(activityTwice === undefined ? {} : { activityTwice: parseTwice(activityTwice) }),
    ...(loseResult === undefined ? {} : { loseResult: parseLoss(loseResult) }),
    ...(crashAt === undefined ? {} : { crashAt: parseCrash(crashAt) }),
    ...(workerDiesAt === undefined
      ? {}
      : { workerDiesAt: parseDeath('workerDiesAt', workerDiesAt) }),
    ...(hostRestartsAt === undefined
      ? {}
      : { hostRestartsAt: parseDeath('hostRestartsAt', hostRestartsAt) }),
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
  return parsePlace('crashAt', value, faultSteps);
}

function parseDeath(field: string, value: unknown): DeathSettings {
  const times = (isRecord(value) ? value['times'] : undefined) ?? 1;
  if (!isCount(times)) throw new TypeError(`"${field}.times" must be a count from 1.`);
  return { ...parsePlace(field, value, ['now', ...faultSteps]), times };
}

function parsePlace<T extends string>(
  field: string,
  value: unknown,
  steps: readonly T[],
): { step: T; occurrence: number; name?: string } {
  const { step, occurrence = 1, name } = isRecord(value) ? value : {};
  const known = steps.find((candidate) => candidate === step);
  if (known === undefined)
    throw new TypeError(`"${field}.step" must be one of ${steps.join(', ')}.`);
  if (!isCount(occurrence)) throw new TypeError(`"${field}.occurrence" must be a count from 1.`);
  if (name !== undefined && typeof name !== 'string')
    throw new TypeError(`"${field}.name" must be text.`);
  return { step: known, occurrence, ...(name === undefined ? {} : { name }) };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}
