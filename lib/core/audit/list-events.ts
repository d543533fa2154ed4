import type { AuditEvent } from './audit-event.ts';
import { auditMonthOf, endOfAuditMonth } from './audit-month.ts';
import type { AuditFilter, AuditStore } from './audit-store.ts';

/** A page of the log in the order of the chain; `nextCursor` is absent on the last. */
export interface AuditPage {
  readonly items: readonly AuditEvent[];
  readonly nextCursor?: string;
}

export interface AuditPageRequest {
  /** 1 to `limits.auditPageEventsMax`. */
  readonly limit: number;
  /** `yyyymm-<seq>`; from the page before. It leads nowhere but on in the caller's own chain. */
  readonly cursor?: string;
}

/** Events of a chain, oldest first. A row that was tampered with is left out; `verifyChain` names it. */
export async function listEvents(
  store: AuditStore,
  chain: string,
  filter: AuditFilter,
  { limit, cursor }: AuditPageRequest,
): Promise<AuditPage> {
  const items: AuditEvent[] = [];
  const [startMonth = '', startSeq] = cursor?.split('-') ?? [];
  const months = (await store.months(chain)).filter(
    (month) => month >= startMonth && mayHold(month, filter),
  );
  let last = cursor;
  for (const month of months) {
    const afterSeq = month === startMonth ? { afterSeq: Number(startSeq) } : {};
    // One more than is wanted tells whether there is a next page.
    const rowsAtOnce = limit + 1 - items.length;
    for await (const { event } of store.list({
      ...filter,
      chain,
      month,
      ...afterSeq,
      rowsAtOnce,
    })) {
      if (event === undefined) continue;
      if (items.length === limit) return { items, ...(last && { nextCursor: last }) };
      items.push(event);
      last = `${month}-${event.seq}`;
    }
  }
  return { items };
}

/** An event of a month's last moment, or of a clock that is behind, stands in the month after. */
function mayHold(month: string, { from, to }: AuditFilter): boolean {
  if (from !== undefined && endOfAuditMonth(month) <= from) return false;
  if (to === undefined) return true;
  return month <= auditMonthOf(endOfAuditMonth(auditMonthOf(to)));
}
