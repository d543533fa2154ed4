import { forEachAtOnce } from '../at-once.ts';
import type { Clock } from '../clock.ts';
import type { IdempotencyStore, PartStore, StaleClaims, TableStore } from '../exports/stores.ts';
import { limits } from '../limits.ts';
import type { FetchStore } from '../links/fetch-record.ts';
import type { LinkStore } from '../links/link-record.ts';
import type { Log } from '../log.ts';
import type { TenantStore } from '../tenants/tenant.ts';
import { tenantIds } from '../webhooks/tenant-ids.ts';
import type { Trace, TraceStore } from './traces.ts';

export interface RetireTracesDeps {
  readonly traces: TraceStore;
  readonly tables: TableStore;
  readonly parts: PartStore;
  readonly fetches: FetchStore;
  readonly links: LinkStore;
  readonly idempotency: IdempotencyStore & StaleClaims;
  readonly tenants: Pick<TenantStore, 'list'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Histories of orchestrations. */
export interface OrchestrationHistory {
  /** Removes every instance that began before and has ended, of whatever kind. */
  purgeEnded(before: Date): Promise<void>;
}

const dayMs = 86_400_000;
const atOnce = 8;

/** When the rows of an export go whose files went then. */
export function rowsEndAt(deletedAt: Date): Date {
  return daysAfter(deletedAt, limits.exportTraceDays);
}

/**
 * Removes what nobody needs any more: rows and links of exports whose files are long gone, claims of
 * Idempotency-Keys that no longer count, and histories of orchestrations that have ended. What stays of
 * an export is its own row, its receipt and its events. One failure holds nothing else up; what failed is
 * done by the next run.
 */
export async function retireTraces(
  deps: RetireTracesDeps,
  history: OrchestrationHistory,
): Promise<void> {
  const now = deps.clock();
  let retired = 0;
  await forEachAtOnce(deps.traces.listDue(now), atOnce, async (trace) => {
    const { tenantId, exportId } = trace;
    const isDone = await attempt(deps, { tenantId, exportId }, () => retire(deps, trace));
    if (isDone) retired++;
  });
  const claimsBefore = new Date(now.getTime() - limits.idempotencyHours * 3_600_000);
  await forEachAtOnce(tenantIds(deps.tenants), atOnce, async (tenantId) => {
    await attempt(deps, { tenantId }, () => deps.idempotency.removeBefore(tenantId, claimsBefore));
  });
  await attempt(deps, {}, () => history.purgeEnded(daysAfter(now, -limits.instanceDays)));
  deps.log.info('traces retired', { retired });
}

async function attempt(
  { log }: RetireTracesDeps,
  facts: Readonly<Record<string, string>>,
  act: () => Promise<void>,
): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    log.error('traces could not be retired', error, facts);
    return false;
  }
}

/** The next mark comes first, so that a crash repeats a step and leaves none out. */
async function retire(deps: RetireTracesDeps, trace: Trace): Promise<void> {
  const { exportId } = trace;
  if (trace.stage === 'rows') {
    await deps.parts.removeAll(exportId);
    await deps.fetches.remove(exportId);
    await deps.tables.removeAll(exportId);
    const ledgerDays = limits.linkLedgerDays - limits.exportTraceDays;
    await deps.traces.mark({ ...trace, stage: 'ledger', at: daysAfter(trace.at, ledgerDays) });
  } else await deps.links.removeAll(exportId);
  await deps.traces.clear(trace);
}

function daysAfter(time: Date, days: number): Date {
  return new Date(time.getTime() + days * dayMs);
}
