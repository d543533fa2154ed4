import { eventType, now, plainEvent } from './events.ts';
import type { TaskHub } from './task-hub.ts';

/** No timeout of the event loop may be longer than 24 days; looking again every hour is cheap. */
const napMaxMs = 3_600_000;

/** Fires durable timers when they are due, at once those that came due while the host was down. */
export class TimerClock {
  readonly #hub: TaskHub;
  #timeout: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(hub: TaskHub) {
    this.#hub = hub;
  }

  /** Looks at the store and sets the alarm for the next timer. */
  wake(): void {
    clearTimeout(this.#timeout);
    const next = this.#hub.store.timers.next();
    if (this.#isStopped || next === undefined) return;
    const napMs = Math.min(Math.max(Date.parse(next) - Date.now(), 0), napMaxMs);
    this.#timeout = setTimeout(() => this.#fire(), napMs);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timeout);
  }

  #fire(): void {
    const { store } = this.#hub;
    const due = store.timers.due(now());
    store.transaction(() => {
      for (const timer of due) {
        store.timers.remove(timer);
        const fields = { TimerId: timer.taskId, FireAt: timer.fireAt };
        const event = plainEvent(eventType.timerFired, fields, timer.createdAt);
        store.messages.send(timer.instanceId, timer.executionId, event);
      }
    });
    for (const { instanceId } of due) this.#hub.wake(instanceId);
    this.wake();
  }
}
