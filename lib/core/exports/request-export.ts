import { createHash } from 'node:crypto';
import type { Catalog } from '../catalog/catalog.ts';
import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import { newestFirstId } from '../ids.ts';
import { type ExposureStore, exposureOf } from '../labels/exposure.ts';
import { seesExport } from '../labels/sees-export.ts';
import { isLimited } from '../labels/sees-table.ts';
import { visibleCatalog } from '../labels/visible-catalog.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { principalName, type TenantPrincipal } from '../principal.ts';
import type { ExportRecord, ExportRequest } from './export-record.ts';
import { type RequireColumnsDeps, requireColumns } from './require-columns.ts';
import { type ExportWish, resolveRequest } from './resolve-request.ts';
import type { Starter } from './starter.ts';
import type { DueStore, ExportStore, IdempotencyStore } from './stores.ts';

export interface RequestExportDeps extends RequireColumnsDeps {
  readonly catalog: Catalog;
  readonly exports: ExportStore;
  readonly due: Pick<DueStore, 'markRunning'>;
  readonly idempotency: IdempotencyStore;
  readonly exposures: Pick<ExposureStore, 'remember'>;
  readonly clock: Clock;
  readonly log: Log;
}

export type RequestExport = (order: ExportOrder, starter: Starter) => Promise<AcceptedExport>;

export interface AcceptedExport {
  readonly record: ExportRecord;
  /** True when an earlier request with the same Idempotency-Key made it. */
  readonly isReplay: boolean;
}

export interface ExportOrder {
  readonly principal: TenantPrincipal;
  readonly wish: ExportWish;
  readonly idempotencyKey?: string;
}

/**
 * Accepts an export. The row comes first, so that nothing accepted is ever lost: a start that fails
 * is made good by the watchdog. The same Idempotency-Key gives the same export for 24 hours.
 */
export function createRequestExport(deps: RequestExportDeps): RequestExport {
  return async (order, starter) => {
    const { principal } = order;
    const request = resolveRequest(order.wish, visibleCatalog(deps.catalog, principal));
    await requireColumns(deps, principal.tenantId, request);
    const now = deps.clock();
    const ownId = newestFirstId(now);
    const claimed = await claimId(deps, order, ownId, now);
    const record = await insertOnce(deps, newRecord(principal, claimed, request));
    // The key may have been used first under other labels or scopes, or the catalog has changed since.
    if (!seesExport(principal, record, deps.catalog)) throw keyReused();
    if (record.status === 'pending') await tryStart(deps.log, starter, record);
    return { record, isReplay: claimed.id !== ownId };
  };
}

/** An id says when it was made, so that lists can go by it. */
interface ClaimedId {
  readonly id: string;
  readonly at: Date;
}

async function claimId(
  deps: RequestExportDeps,
  { principal, wish, idempotencyKey }: ExportOrder,
  exportId: string,
  now: Date,
): Promise<ClaimedId> {
  if (idempotencyKey === undefined) return { id: exportId, at: now };
  const requestHash = sha256(JSON.stringify(wish));
  const claim = { madeId: exportId, requestHash, claimedAt: now };
  const staleBefore = new Date(now.getTime() - limits.idempotencyHours * 3_600_000);
  const held = await deps.idempotency.claim(
    principal.tenantId,
    sha256(claimName(idempotencyKey, principal)),
    claim,
    staleBefore,
  );
  if (held.requestHash !== requestHash) throw keyReused();
  return { id: held.madeId, at: held.claimedAt };
}

/**
 * Each principal has claims of its own, so nobody gets another's export by choosing the same key. "All
 * tables" means something else under other labels, so each set of labels has its own, too. JSON keeps
 * the three apart, whatever characters the key is made of.
 */
function claimName(idempotencyKey: string, principal: TenantPrincipal): string {
  return JSON.stringify([principalName(principal), principal.labels ?? null, idempotencyKey]);
}

/** A crash between claim and insert leaves a claim without a row: the second start makes the row good. */
async function insertOnce(deps: RequestExportDeps, record: ExportRecord): Promise<ExportRecord> {
  const found = await deps.exports.find(record.tenantId, record.id);
  if (found !== undefined) return found.value;
  const { tenantId, id: exportId, attempt, requestedAt: at } = record;
  const exposure = exposureOf(record.request, deps.catalog);
  await deps.exposures.remember(tenantId, exposure);
  await deps.due.markRunning({ tenantId, exportId, attempt, at });
  const exposed = { ...record, exposure: exposure.id };
  if (await deps.exports.insert(exposed)) return exposed;
  return (await deps.exports.find(record.tenantId, record.id))?.value ?? record;
}

function newRecord(
  principal: TenantPrincipal,
  { id, at }: ClaimedId,
  request: ExportRequest,
): ExportRecord {
  return {
    tenantId: principal.tenantId,
    id,
    status: 'pending',
    attempt: 1,
    request: isLimited(principal.labels) ? { ...request, limited: true } : request,
    requestedBy: principalName(principal),
    requestedAt: at,
  };
}

/** A start that fails loses nothing: the row is there, and the watchdog starts it within a minute. */
export async function tryStart(log: Log, starter: Starter, record: ExportRecord): Promise<void> {
  const work = { tenantId: record.tenantId, exportId: record.id, attempt: record.attempt };
  try {
    await starter.startExport(work);
  } catch (error) {
    log.error('export start postponed to the watchdog', error, { ...work });
  }
}

function keyReused(): SluiceError {
  return new SluiceError('idempotency_key_reused', {
    message: 'This Idempotency-Key was used for another request. Use a new key for a new request.',
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
