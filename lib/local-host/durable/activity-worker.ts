import { toError } from '../host-error.ts';
import type { Call, Outcome } from '../invoke/invoker.ts';
import type { HostFunction } from '../loader/functions.ts';
import type { HistoryEvent } from './events.ts';
import { serializeFailure } from './failure-details.ts';
import type { ActivityItem } from './store/activities.ts';
import { taskCompleted, taskFailed } from './task-events.ts';
import type { TaskHub } from './task-hub.ts';
import { activityTrigger, returnValueJson } from './trigger-data.ts';

/** Runs activity calls in order of arrival, up to a limit at once. A call is gone only when its result is committed. */
export class ActivityWorker {
  readonly #hub: TaskHub;
  readonly #concurrencyMax: number;
  #queue: ActivityItem[] = [];
  #lastPosition = 0;
  readonly #running = new Set<Promise<void>>();
  #isStopped = false;

  constructor(hub: TaskHub, concurrencyMax: number) {
    this.#hub = hub;
    this.#concurrencyMax = concurrencyMax;
  }

  /** Takes up the calls that were written since the last look. */
  wake(): void {
    const added = this.#hub.store.activities.addedAfter(this.#lastPosition);
    this.#lastPosition = added.at(-1)?.position ?? this.#lastPosition;
    this.#queue.push(...added.filter((item) => this.#isKnown(item)));
    this.#pump();
  }

  /** Puts off what is in the store now, as messages of a crashed host stay invisible on Azure. */
  hold(delayMs: number): void {
    const held = this.#hub.store.activities.all();
    this.#lastPosition = held.at(-1)?.position ?? 0;
    setTimeout(() => {
      this.#queue.push(...held.filter((item) => this.#isKnown(item)));
      this.#pump();
    }, delayMs).unref();
  }

  /** Starts no call any more and waits for those that run. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
  }

  #isKnown({ name, instanceId }: ActivityItem): boolean {
    if (this.#hub.findFunction('activity', name) !== undefined) return true;
    const text = `${instanceId} waits for activity '${name}', which is not registered: it hangs, as on Azure.`;
    this.#hub.log.write('error', text);
    return false;
  }

  #pump(): void {
    while (!this.#isStopped && this.#running.size < this.#concurrencyMax) {
      const item = this.#queue.shift();
      if (item === undefined) return;
      const work: Promise<void> = this.#work(item).finally(() => {
        this.#running.delete(work);
        this.#pump();
      });
      this.#running.add(work);
    }
  }

  async #work(item: ActivityItem): Promise<void> {
    try {
      await this.#runOne(item);
    } catch (error) {
      this.#hub.log.write(
        'critical',
        `Activity ${item.name} could not be run: ${toError(error).stack}`,
      );
    }
  }

  async #runOne(item: ActivityItem): Promise<void> {
    const { faults, store } = this.#hub;
    const target = this.#hub.findFunction('activity', item.name);
    if (target === undefined) return;
    faults.reach('beforeActivityHandler', item.name);
    // A host that restarted here left the call where it was, for its next life.
    if (this.#isStopped) return;
    const outcome = await this.#call(target, item);
    faults.reach('afterActivityHandler', item.name);
    if (faults.losesResult(item.name)) {
      this.#queue.push(item);
      return;
    }
    faults.reach('beforeActivityCommit', item.name);
    store.transaction(() => {
      const event = this.#toEvent(item, outcome);
      if (store.activities.remove(item.position)) {
        store.messages.send(item.instanceId, item.executionId, event);
      }
    });
    faults.reach('afterActivityCommit', item.name);
    this.#hub.wake(item.instanceId);
  }

  async #call(target: HostFunction, item: ActivityItem): Promise<Outcome> {
    const data = activityTrigger(item.inputJson);
    const triggerMetadata = { instanceId: { string: item.instanceId } };
    const call: Call = { target, data, triggerMetadata };
    const { faults } = this.#hub;
    const invoke = () => this.#hub.invoke(call, () => faults.reach('duringActivity', item.name));
    const twice = faults.settings.activityTwice ?? false;
    if (twice === 'concurrent') {
      const [, second] = await Promise.all([invoke(), invoke()]);
      return second;
    }
    if (twice) await invoke();
    return await invoke();
  }

  #toEvent({ name, taskId, instanceId }: ActivityItem, outcome: Outcome): HistoryEvent {
    if (outcome.ok) return taskCompleted(taskId, returnValueJson(outcome.response.returnValue));
    const error = toError(outcome.error);
    this.#hub.log.write(
      'warning',
      `${name} of ${instanceId} failed: ${error.stack ?? error.message}`,
    );
    const reason = `Activity function '${name}' failed:  ${error.message}`;
    return taskFailed(taskId, reason, serializeFailure(error));
  }
}
