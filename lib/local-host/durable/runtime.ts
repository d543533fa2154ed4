import type { HostSettings } from '../settings/host-json.ts';
import { ActivityWorker } from './activity-worker.ts';
import { Dispatcher } from './dispatcher.ts';
import { runEpisode } from './run-episode.ts';
import type { TaskHub } from './task-hub.ts';
import { TimerClock } from './timer-clock.ts';

const cleanStopKey = 'stopped cleanly';

/** The durable runtime of a host: episodes, activities and durable timers over one store. */
export class DurableRuntime {
  readonly hub: TaskHub;
  readonly #dispatcher: Dispatcher;
  readonly #activities: ActivityWorker;
  readonly #clock: TimerClock;
  #isStarted = false;

  constructor(parts: Omit<TaskHub, 'wake' | 'leftAlone'>, settings: HostSettings) {
    const wake = (instanceId: string) => this.#wake(instanceId);
    this.hub = { ...parts, leftAlone: new Set(), wake };
    const run = (instanceId: string) => runEpisode(this.hub, instanceId);
    this.#dispatcher = new Dispatcher(run, settings.maxConcurrentOrchestratorFunctions, parts.log);
    this.#activities = new ActivityWorker(this.hub, settings.maxConcurrentActivityFunctions);
    this.#clock = new TimerClock(this.hub);
  }

  /** Takes up everything that an earlier run left; after a crash it waits the given time first. */
  start(recoveryDelayMs: number): void {
    const { store } = this.hub;
    this.#isStarted = true;
    const waiting = store.messages.waitingInstances();
    if (recoveryDelayMs > 0 && store.meta.find(cleanStopKey) === 'no') {
      this.#dispatcher.hold(waiting, recoveryDelayMs);
      this.#activities.hold(recoveryDelayMs);
    }
    store.meta.save(cleanStopKey, 'no');
    for (const instanceId of waiting) this.#dispatcher.wake(instanceId);
    this.#activities.wake();
    this.#clock.wake();
  }

  /** Takes no new work and waits for what runs; the caller bounds the wait. */
  async stop(): Promise<void> {
    this.#clock.stop();
    await Promise.all([this.#activities.stop(), this.#dispatcher.stop()]);
  }

  /** Notes that nothing was left running; what an earlier run left is still as it was without a start. */
  markCleanStop(): void {
    if (this.#isStarted) this.hub.store.meta.save(cleanStopKey, 'yes');
  }

  #wake(instanceId: string): void {
    this.#dispatcher.wake(instanceId);
    this.#activities.wake();
    this.#clock.wake();
  }
}
