import { asNumber, asString } from '../../json.ts';
import { eventType, type HistoryEvent } from '../events.ts';
import { Pending } from './outcome.ts';

/** Something the host has to do for an orchestration; `id` is its task id. */
export type Command =
  | {
      readonly kind: 'activity';
      readonly id: number;
      readonly name: string;
      readonly input: unknown;
    }
  | {
      readonly kind: 'child';
      readonly id: number;
      readonly name: string;
      readonly input: unknown;
      readonly instanceId: string;
      readonly version: string | undefined;
    }
  | { readonly kind: 'timer'; readonly id: number; readonly fireAt: string };

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** A history that does not fit what the orchestrator asks for now. */
export class NondeterminismError extends Error {
  override readonly name = 'NonDeterministicOrchestrationException';
}

/**
 * The extension's own view of one execution: it numbers tasks, knows which are open and which are still to be
 * scheduled, and hands events to those who wait. The library numbers by itself, so both have to count alike.
 */
export class ReplayContext {
  /** Commands that no history event has confirmed yet, by task id. */
  readonly commands = new Map<number, Command>();
  /** Time of the last OrchestratorStarted, the only clock an orchestration has. */
  nowMs = 0;
  isSuspended = false;
  continuedWith: { readonly input: unknown } | undefined;
  #nextId = 0;
  readonly #open = new Map<number, Pending>();
  readonly #waiters = new Map<string, Pending[]>();
  #unread: HistoryEvent[] = [];
  #whileSuspended: HistoryEvent[] = [];

  /** Events that nobody has waited for, in order of arrival. */
  get unreadEvents(): readonly HistoryEvent[] {
    return this.#unread;
  }

  /** The id that the next scheduled thing gets. */
  get nextId(): number {
    return this.#nextId;
  }

  schedule(command: Unnumbered<Command>): Pending {
    const id = this.#nextId;
    this.#nextId += 1;
    const pending = new Pending();
    this.commands.set(id, { ...command, id });
    this.#open.set(id, pending);
    return pending;
  }

  /** The newest waiter is served first, so that an abandoned wait does not swallow an event. */
  waitForEvent(name: string): Pending {
    const pending = new Pending();
    const at = this.#unread.findIndex((event) => isNamed(event, name));
    if (at >= 0) {
      this.#unread = this.#unread.toSpliced(at, 1);
      pending.settle('succeeded');
    } else {
      this.#waiters.set(name, [...(this.#waiters.get(name) ?? []), pending]);
    }
    return pending;
  }

  /** Takes one event of the history; while suspended, all but resume and terminate are kept back. */
  take(event: HistoryEvent): void {
    if (event.EventType === eventType.orchestratorStarted) {
      this.nowMs = Date.parse(event.Timestamp);
      return;
    }
    if (event.EventType === eventType.executionResumed) this.#resume();
    else if (this.isSuspended && !isBookkeeping(event)) this.#whileSuspended.push(event);
    else this.#handle(event);
  }

  #handle(event: HistoryEvent): void {
    switch (event.EventType) {
      case eventType.executionSuspended:
        this.isSuspended = true;
        break;
      case eventType.taskScheduled:
        this.#confirm(event, 'activity');
        break;
      case eventType.subOrchestrationCreated:
        this.#confirm(event, 'child');
        break;
      case eventType.timerCreated:
        this.#confirm(event, 'timer');
        break;
      case eventType.taskCompleted:
      case eventType.subOrchestrationCompleted:
        this.#settle(event['TaskScheduledId'], 'succeeded');
        break;
      case eventType.taskFailed:
      case eventType.subOrchestrationFailed:
        this.#settle(event['TaskScheduledId'], 'failed');
        break;
      case eventType.timerFired:
        this.#settle(event['TimerId'], 'succeeded');
        break;
      case eventType.eventRaised:
        this.#raise(event);
        break;
    }
  }

  #resume(): void {
    this.isSuspended = false;
    const kept = this.#whileSuspended;
    this.#whileSuspended = [];
    for (const event of kept) this.#handle(event);
  }

  #confirm(event: HistoryEvent, kind: Command['kind']): void {
    const command = this.commands.get(event.EventId);
    const name = command !== undefined && 'name' in command ? command.name : undefined;
    const wanted = asString(event['Name']);
    if (command?.kind !== kind || (wanted !== undefined && wanted !== name)) {
      throw new NondeterminismError(
        `Non-deterministic workflow detected: a previous execution of this orchestration scheduled ${kind} ` +
          `${wanted === undefined ? '' : `'${wanted}' `}with sequence ID ${event.EventId}, but the current replay ` +
          `${command === undefined ? 'has not scheduled it' : `scheduled ${command.kind} '${name ?? ''}' there`}. ` +
          'Was a change made to the orchestrator code after this instance had already started running?',
      );
    }
    this.commands.delete(event.EventId);
  }

  #settle(taskId: unknown, state: 'succeeded' | 'failed'): void {
    const id = asNumber(taskId) ?? -1;
    const pending = this.#open.get(id);
    this.#open.delete(id);
    pending?.settle(state);
  }

  #raise(event: HistoryEvent): void {
    const name = asString(event['Name'])?.toLowerCase() ?? '';
    const waiting = [...this.#waiters.entries()].find(([key]) => key.toLowerCase() === name)?.[1];
    const waiter = waiting?.pop();
    if (waiter === undefined) this.#unread.push(event);
    else waiter.settle('succeeded');
  }
}

function isNamed(event: HistoryEvent, name: string): boolean {
  return asString(event['Name'])?.toLowerCase() === name.toLowerCase();
}

function isBookkeeping({ EventType }: HistoryEvent): boolean {
  const kept: readonly number[] = [
    eventType.executionTerminated,
    eventType.taskScheduled,
    eventType.subOrchestrationCreated,
    eventType.timerCreated,
    eventType.orchestratorCompleted,
  ];
  return kept.includes(EventType);
}
