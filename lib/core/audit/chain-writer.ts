import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { asSluiceError, SluiceError } from '../errors.ts';
import type { AuditEvent, AuditFacts } from './audit-event.ts';
import { auditMonthOf } from './audit-month.ts';
import type { AuditStore } from './audit-store.ts';
import { hashEvent } from './event-hash.ts';
import { sealedEvery } from './head-seal.ts';
import { type ChainPosition, openChain } from './open-chain.ts';

export interface ChainWriterDeps {
  readonly store: AuditStore;
  readonly clock: Clock;
  /** 0 to 1; spreads the tries of processes that write at once. */
  readonly random: () => number;
  /** Called when the chain's head is to be sealed; returns at once and never throws. */
  readonly sealDue?: (chain: string) => void;
}

/** What is to be stored; with `once` it is stored only if nothing with this id was. */
export interface AuditDraft {
  readonly id: string;
  readonly once: boolean;
  readonly facts: AuditFacts;
}

/** A transaction takes 100 rows; an event is one, its mark another, and the head is one more. */
const batchRowsMax = 90;
const triesMax = 30;
const waitMsMax = 400;
/** Beyond this the storage is too slow for what is asked; refusing is better than running out of memory. */
const waitingMax = 10_000;

interface Waiting {
  readonly draft: AuditDraft;
  readonly done: PromiseWithResolvers<void>;
}

/**
 * Writes the events of one chain. What arrives while a write is under way goes out together with the
 * next one; other processes may write the same chain, and the head's etag keeps it one chain.
 */
export class ChainWriter {
  readonly #deps: ChainWriterDeps;
  readonly #chain: string;
  #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #position: ChainPosition | undefined;

  constructor(deps: ChainWriterDeps, chain: string) {
    this.#deps = deps;
    this.#chain = chain;
  }

  /** True when nothing is under way, so that the writer may be forgotten. */
  get isIdle(): boolean {
    return this.#writing === undefined;
  }

  /** Resolves when the event is stored. */
  async write(draft: AuditDraft): Promise<void> {
    if (this.#queue.length >= waitingMax) throw tooMuch();
    const done = Promise.withResolvers<void>();
    this.#queue.push({ draft, done });
    this.#writing ??= this.#drain();
    return done.promise;
  }

  async #drain(): Promise<void> {
    // Each round takes something off the queue, whose callers all wait for their own event.
    while (this.#queue.length > 0) {
      const batch = takeBatch(this.#queue);
      try {
        await this.#writeBatch(batch.map(({ draft }) => draft));
        for (const { done } of batch) done.resolve();
      } catch (error) {
        // The storage has just been down for all of its tries: whoever waited would wait in vain.
        for (const { done } of [...batch, ...this.#queue.splice(0)]) done.reject(error);
      }
    }
    this.#writing = undefined;
  }

  async #writeBatch(drafts: readonly AuditDraft[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#tryBatch(drafts);
      } catch (error) {
        this.#position = undefined;
        const mayPass = asSluiceError(error).code === 'changed_meanwhile';
        if (!mayPass || tries === triesMax) throw error;
      }
      await delay(this.#deps.random() * Math.min(10 * tries, waitMsMax));
    }
  }

  async #tryBatch(drafts: readonly AuditDraft[]): Promise<void> {
    const now = this.#deps.clock();
    const position = await this.#locate(auditMonthOf(now));
    const fresh = await this.#withoutStored(drafts, position);
    if (fresh.length === 0) return;
    const events = seal(fresh, this.#chain, position, now);
    await this.#append(events, fresh, position);
  }

  /** The position of the write before still holds unless somebody else wrote, which the etag tells. */
  async #locate(month: string): Promise<ChainPosition> {
    const known = this.#position;
    if (known !== undefined && known.month >= month) return known;
    return openChain(this.#deps.store, this.#chain, month);
  }

  async #withoutStored(
    drafts: readonly AuditDraft[],
    { month, value }: ChainPosition,
  ): Promise<readonly AuditDraft[]> {
    const fresh = new Map<string, AuditDraft>();
    for (const draft of drafts) {
      const months = [month, ...(value.openedFrom === undefined ? [] : [value.openedFrom])];
      if (!(draft.once && (await this.#isStored(months, draft.id)))) fresh.set(draft.id, draft);
    }
    return [...fresh.values()];
  }

  async #isStored(months: readonly string[], mark: string): Promise<boolean> {
    for (const month of months) {
      if (await this.#deps.store.hasMark(this.#chain, month, mark)) return true;
    }
    return false;
  }

  async #append(
    events: readonly AuditEvent[],
    drafts: readonly AuditDraft[],
    position: ChainPosition,
  ): Promise<void> {
    const { month, value, etag } = position;
    const { seq, hash } = events.at(-1) ?? value;
    const head = { ...value, seq, hash };
    const marks = drafts.filter(({ once }) => once).map(({ id }) => id);
    const order = { chain: this.#chain, month, events, marks, head, etag };
    try {
      const newEtag = await this.#deps.store.append(order);
      this.#position = newEtag === undefined ? undefined : { month, value: head, etag: newEtag };
      if (isSealDue(value.seq, seq)) this.#deps.sealDue?.(this.#chain);
    } catch (error) {
      const mayBeOurs = asSluiceError(error).code === 'changed_meanwhile';
      if (!mayBeOurs || !(await this.#wasWritten(events, month))) throw error;
      this.#position = undefined;
    }
  }

  /** A write whose answer was lost and which the storage client repeated met its own first try. */
  async #wasWritten([first]: readonly AuditEvent[], month: string): Promise<boolean> {
    if (first === undefined) return false;
    const row = await this.#deps.store.find(this.#chain, month, first.seq);
    return row?.event?.hash === first.hash;
  }
}

/** The first event, and every so many; a seal that is lost here is made good within the day. */
function isSealDue(before: number, after: number): boolean {
  return before === 0 || Math.floor(before / sealedEvery) < Math.floor(after / sealedEvery);
}

function takeBatch(queue: Waiting[]): readonly Waiting[] {
  let rows = 0;
  const end = queue.findIndex(({ draft }) => {
    rows += draft.once ? 2 : 1;
    return rows > batchRowsMax;
  });
  return queue.splice(0, end === -1 ? queue.length : end);
}

function seal(
  drafts: readonly AuditDraft[],
  tenantId: string,
  { value }: ChainPosition,
  now: Date,
): readonly AuditEvent[] {
  let { seq, hash: prevHash } = value;
  const time = now.toISOString();
  return drafts.map(({ id, facts }) => {
    seq += 1;
    const event = { ...facts, seq, id, tenantId, time, schemaVersion: 1 as const, prevHash };
    const hash = hashEvent(event);
    prevHash = hash;
    return { ...event, hash };
  });
}

function tooMuch(): SluiceError {
  return new SluiceError('audit_unavailable', {
    internal: `More than ${waitingMax} audit events wait to be written.`,
  });
}
