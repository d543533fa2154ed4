import { SluiceError } from '../errors.ts';
import type { AuditEvent } from './audit-event.ts';
import type { AuditHead, AuditRow, AuditStore } from './audit-store.ts';
import { hashEvent } from './event-hash.ts';

/**
 * Why a chain is broken. `missing`: a number has no row. `row_altered`: a row cannot be read or tells two
 * stories. `hash` and `link`: an event was changed, or does not follow the one before. `place`: it stands
 * where another should. `truncated` and `beyond_head`: the head names another end than the rows.
 * `month`: the months do not join. `checkpoint`: its signature is wrong. `seal`: the log is not what was
 * signed and put aside, or what was put aside is not signed by us.
 */
export type BreakReason =
  | 'missing'
  | 'row_altered'
  | 'hash'
  | 'link'
  | 'place'
  | 'truncated'
  | 'beyond_head'
  | 'month'
  | 'checkpoint'
  | 'seal';

/** The last link that holds, on the way through a chain. */
export interface Link {
  readonly seq: number;
  readonly hash: string;
}

export interface WalkStart {
  readonly link: Link;
  /** Goes on in the middle of this month; absent: at the first month after `after`. */
  readonly month?: string;
  readonly after?: string;
}

export interface Walk {
  readonly last: Link;
  /** Where `last` stands; absent when no month had a row. */
  readonly month?: string;
  readonly broken?: { readonly seq: number; readonly reason: BreakReason };
  /** False when there is more to read. */
  readonly isWhole: boolean;
}

/** How a walk through one month ended. */
interface MonthWalk {
  readonly last: Link;
  /** As it was after the rows were read; absent when the walk stopped before. */
  readonly head?: AuditHead;
  readonly broken?: BreakReason;
  /** Where it broke, if that is not at the next number. */
  readonly at?: number;
}

/**
 * Follows a chain from link to link through at most `eventsMax` events, from month to month as the heads
 * point, so that a month that begins meanwhile does no harm.
 */
export async function walkChain(
  store: AuditStore,
  chain: string,
  start: WalkStart,
  eventsMax: number,
): Promise<Walk> {
  const { after = '' } = start;
  const months = (await store.months(chain)).filter((month) => month > after);
  let month = start.month ?? (await firstWithRows(store, chain, months));
  let last = start.link;
  const endsAt = last.seq + eventsMax;
  let isInside = start.month !== undefined;
  if (month === undefined) return { last, isWhole: true };
  // Each round goes one month on, and no month is its own successor.
  for (;;) {
    const walked = await walkMonth(store, chain, { month, opening: last, isInside, endsAt });
    last = walked.last;
    if (walked.broken !== undefined) {
      const broken = { seq: walked.at ?? last.seq + 1, reason: walked.broken };
      return { last, month, broken, isWhole: false };
    }
    if (walked.head === undefined) return { last, month, isWhole: false };
    const next = walked.head.closedTo;
    const stray = await firstStray(store, chain, between(months, month, next), last, next);
    if (stray)
      return { last, month, broken: { seq: last.seq + 1, reason: 'month' }, isWhole: false };
    if (next === undefined) return { last, month, isWhole: true };
    month = next;
    isInside = false;
  }
}

function between(
  months: readonly string[],
  month: string,
  next: string | undefined,
): readonly string[] {
  return months.filter((other) => other > month && (next === undefined || other < next));
}

/** Months that were announced and not opened are passed over. */
async function firstWithRows(
  store: AuditStore,
  chain: string,
  months: readonly string[],
): Promise<string | undefined> {
  for (const month of months) {
    if (!(await isEmpty(store, chain, month))) return month;
  }
  return undefined;
}

async function isEmpty(store: AuditStore, chain: string, month: string): Promise<boolean> {
  if ((await readHead(store, chain, month)) !== undefined) return false;
  for await (const _row of store.list({ chain, month, rowsAtOnce: 1 })) return false;
  return true;
}

/**
 * True when a month that no head points at holds something. Behind the last one it may have been opened
 * since its predecessor was read.
 */
async function firstStray(
  store: AuditStore,
  chain: string,
  months: readonly string[],
  last: Link,
  next: string | undefined,
): Promise<boolean> {
  for (const month of months) {
    const head = await readHead(store, chain, month);
    const isFresh =
      next === undefined && isHead(head) && head.openedFrom !== undefined && continues(head, last);
    if (!isFresh && !(await isEmpty(store, chain, month))) return true;
  }
  return false;
}

/** Whoever alters a head may leave anything behind; then it is there and cannot be read. */
async function readHead(
  store: AuditStore,
  chain: string,
  month: string,
): Promise<AuditHead | 'unreadable' | undefined> {
  try {
    return (await store.findHead(chain, month))?.value;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'internal_error') return 'unreadable';
    throw error;
  }
}

function isHead(head: AuditHead | 'unreadable' | undefined): head is AuditHead {
  return head !== undefined && head !== 'unreadable';
}

function continues(head: AuditHead, link: Link): boolean {
  return head.firstSeq === link.seq + 1 && head.openingHash === link.hash;
}

interface MonthOrder {
  readonly month: string;
  readonly opening: Link;
  /** True when the walk goes on behind an event of this very month. */
  readonly isInside: boolean;
  /** The number of the last event to read. */
  readonly endsAt: number;
}

async function walkMonth(
  store: AuditStore,
  chain: string,
  { month, opening, isInside, endsAt }: MonthOrder,
): Promise<MonthWalk> {
  const before = await readHead(store, chain, month);
  if (!isHead(before) || !(isInside || continues(before, opening))) {
    return { last: opening, broken: 'month' };
  }
  let last = opening;
  const afterSeq = isInside ? { afterSeq: opening.seq } : {};
  for await (const row of store.list({ chain, month, ...afterSeq })) {
    if (last.seq >= endsAt) return { last };
    const broken = faultOf(row, last, chain);
    if (broken !== undefined) return { last, broken };
    last = linkOf(row, last);
  }
  return checkEnd(store, chain, month, before, last);
}

function faultOf({ place, event }: AuditRow, link: Link, chain: string): BreakReason | undefined {
  const expected = link.seq + 1;
  if (place === undefined) return 'place';
  if (place > expected) return 'missing';
  if (event === undefined) return 'row_altered';
  if (event.seq !== expected || place !== expected || event.tenantId !== chain) return 'place';
  if (event.prevHash !== link.hash) return 'link';
  return trueHash(event) === event.hash ? undefined : 'hash';
}

function linkOf({ event }: AuditRow, before: Link): Link {
  return event === undefined ? before : { seq: event.seq, hash: event.hash };
}

/** The hash that the event's content has. A foreign hand may have left something that has none at all. */
export function trueHash(event: AuditEvent): string | undefined {
  try {
    return hashEvent(event);
  } catch {
    return undefined;
  }
}

/** Events are stored together with the head, so whatever was read is within a head that is read later. */
async function checkEnd(
  store: AuditStore,
  chain: string,
  month: string,
  headBefore: AuditHead,
  last: Link,
): Promise<MonthWalk> {
  if (headBefore.seq > last.seq) return { last, broken: 'truncated' };
  const head = await readHead(store, chain, month);
  if (!isHead(head)) return { last, broken: 'month' };
  if (head.seq < last.seq) return { last, broken: 'beyond_head', at: head.seq + 1 };
  if (head.seq === last.seq && head.hash !== last.hash) {
    return { last, broken: 'beyond_head', at: last.seq };
  }
  return { last, head };
}
