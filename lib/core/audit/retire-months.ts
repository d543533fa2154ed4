import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { type AuditResult, systemActor } from './audit-event.ts';
import type { AuditLog } from './audit-log.ts';
import { endOfAuditMonth } from './audit-month.ts';
import type { AuditCheckpoint, AuditHead } from './audit-store.ts';
import { requireWhole, type SealHeadDeps, sealHead } from './seal-head.ts';
import { signFacts } from './signed-facts.ts';
import { verifyWhole } from './verify-chain.ts';

export interface RetireMonthsDeps extends SealHeadDeps {
  readonly audit: AuditLog;
  readonly log: Log;
}

/**
 * Removes months that ended 12 months and 30 days ago; a signed checkpoint stands for each. Seals every
 * chain's head and writes it into the log too, where whoever rewrites the table cannot reach it. A broken
 * chain is left as it is: it is evidence. Doing it again, or after a crash, does no harm.
 */
export async function retireMonths(deps: RetireMonthsDeps): Promise<void> {
  for await (const chain of deps.auditRows.chains()) {
    try {
      await sealHead(deps, chain);
      await retireOf(deps, chain);
      await publishHead(deps, chain);
    } catch (error) {
      deps.log.error('audit chain could not be looked after', error, { chain });
    }
  }
}

async function retireOf(deps: RetireMonthsDeps, chain: string): Promise<void> {
  const due = await dueMonths(deps, chain);
  if (due.length === 0) return;
  const { auditRows: store, headSeals: seals, signer } = deps;
  requireWhole(await verifyWhole({ store, seals, signer }, chain));
  // The first of these events also opens the present month, so that no month that goes is the open one.
  for (const month of due) {
    await note(deps, chain, month, 'attempted');
    await retireMonth(deps, chain, month);
    await note(deps, chain, month, 'success');
  }
}

async function dueMonths({ auditRows, clock }: RetireMonthsDeps, chain: string) {
  const now = clock();
  return (await auditRows.months(chain)).filter((month) => endOfLife(month) <= now);
}

function endOfLife(month: string): Date {
  const end = endOfAuditMonth(month);
  end.setUTCMonth(end.getUTCMonth() + limits.auditMonths);
  end.setUTCDate(end.getUTCDate() + limits.auditExtraDays);
  return end;
}

async function retireMonth(deps: RetireMonthsDeps, chain: string, month: string): Promise<void> {
  const head = (await deps.auditRows.findHead(chain, month))?.value;
  if (head !== undefined) await deps.auditRows.putCheckpoint(await seal(deps, chain, month, head));
  await deps.auditRows.removeMonth(chain, month);
}

async function seal(
  { signer }: RetireMonthsDeps,
  chain: string,
  month: string,
  { seq, hash, firstSeq }: AuditHead,
): Promise<AuditCheckpoint> {
  const facts = { chain, month, upToSeq: seq, hash, count: seq - firstSeq + 1 };
  return { ...facts, signature: await signFacts(signer, facts) };
}

function note(
  { audit }: RetireMonthsDeps,
  chain: string,
  month: string,
  result: AuditResult,
): Promise<void> {
  return audit.recordOnce(chain, ['retire', month, result], {
    action: 'audit.retire',
    actor: systemActor,
    target: { type: 'audit', id: month },
    outcome: { result },
    details: { month },
  });
}

async function publishHead({ auditRows, log }: RetireMonthsDeps, chain: string): Promise<void> {
  const newest = (await auditRows.months(chain)).at(-1);
  const head = newest === undefined ? undefined : await auditRows.findHead(chain, newest);
  if (head === undefined) return;
  log.info('audit head', { chain, month: newest, seq: head.value.seq, hash: head.value.hash });
}
