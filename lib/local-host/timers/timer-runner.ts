import type { ScheduleStore } from '../durable/store/schedules.ts';
import { toError } from '../host-error.ts';
import type { Invoke } from '../invoke/invoker.ts';
import type { HostFunction } from '../loader/functions.ts';
import type { HostLog } from '../log.ts';
import type { Schedule } from './ncrontab.ts';
import { isRemembered, timerSchedule } from './timer-schedule.ts';

/** A timeout of the event loop can't be longer than 24 days. */
const napMaxMs = 3_600_000;
const neverRun = '0001-01-01T00:00:00';

/** Fires one timer function by its schedule; its runs never overlap. */
export class TimerRunner {
  readonly #target: HostFunction;
  readonly #invoke: Invoke;
  readonly #store: ScheduleStore;
  readonly #log: HostLog;
  readonly #schedule: Schedule;
  readonly #isRemembered: boolean;
  #timeout: NodeJS.Timeout | undefined;
  #isStopped = false;
  #last: Promise<void> = Promise.resolve();

  constructor(target: HostFunction, invoke: Invoke, store: ScheduleStore, log: HostLog) {
    this.#target = target;
    this.#invoke = invoke;
    this.#store = store;
    this.#log = log;
    this.#schedule = timerSchedule(target);
    this.#isRemembered =
      target.trigger['useMonitor'] !== false && isRemembered(this.#schedule, Date.now());
  }

  get name(): string {
    return this.#target.name;
  }

  /** Starts the clock; a run that was missed while the host was down is made up for at once. */
  start(): void {
    const state = this.#isRemembered ? this.#store.find(this.name) : undefined;
    const isPastDue = state?.next != null && Date.parse(state.next) < Date.now();
    if (isPastDue) this.#run(true);
    else if (this.#target.trigger['runOnStartup'] === true) this.#run(false);
    else if (state === undefined) this.#remember(null);
    this.#arm();
  }

  /** Runs the function now, or right after the run that is going on. */
  runNow(): void {
    this.#run(false);
  }

  /** Fires no more and waits for the run that is going on. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timeout);
    await this.#last;
  }

  #arm(dueMs = this.#schedule.next(Date.now())): void {
    if (this.#isStopped) return;
    const napMs = Math.min(Math.max(dueMs - Date.now(), 0), napMaxMs);
    this.#timeout = setTimeout(() => {
      if (Date.now() < dueMs) return this.#arm(dueMs);
      this.#run(false);
      // The next time is looked up only when this run is over, so no run is ever queued behind another.
      void this.#last.then(() => this.#arm());
    }, napMs);
  }

  #run(isPastDue: boolean): void {
    this.#last = this.#last.then(() => this.#runOnce(isPastDue));
  }

  async #runOnce(isPastDue: boolean): Promise<void> {
    if (this.#isStopped) return;
    const data = { json: JSON.stringify(this.#triggerData(isPastDue)) };
    const startedAt = new Date().toISOString();
    const outcome = await this.#invoke({ target: this.#target, data });
    if (!outcome.ok)
      this.#log.write('error', `${this.name} failed: ${toError(outcome.error).stack}`);
    this.#remember(startedAt);
  }

  #triggerData(IsPastDue: boolean): object {
    const state = this.#isRemembered ? this.#store.find(this.name) : undefined;
    const next = new Date(this.#schedule.next(Date.now())).toISOString();
    const status = {
      Last: state?.last ?? neverRun,
      Next: state?.next ?? next,
      LastUpdated: state?.updatedAt ?? neverRun,
    };
    return {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: this.#isRemembered ? status : null,
      IsPastDue,
    };
  }

  #remember(last: string | null): void {
    if (!this.#isRemembered) return;
    const next = new Date(this.#schedule.next(Date.now())).toISOString();
    this.#store.save(this.name, { last, next, updatedAt: new Date().toISOString() });
  }
}
