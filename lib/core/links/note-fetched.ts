import type { Clock } from '../clock.ts';
import { type Mistake, SluiceError } from '../errors.ts';
import { changeExport } from '../exports/change-export.ts';
import type { ExportRecord } from '../exports/export-record.ts';
import { getExport } from '../exports/find-export.ts';
import type { ExportStore, PartStore, TableStore } from '../exports/stores.ts';
import { newestFirstId } from '../ids.ts';
import { principalName, type TenantPrincipal } from '../principal.ts';
import type { FetchStore } from './fetch-record.ts';
import { provenParts } from './proven-parts.ts';

export interface NoteFetchedDeps {
  readonly exports: ExportStore;
  readonly tables: TableStore;
  readonly parts: PartStore;
  readonly fetches: FetchStore;
  readonly clock: Clock;
}

export interface FetchedOrder {
  readonly principal: TenantPrincipal;
  readonly exportId: string;
  readonly files: readonly FetchedFile[];
}

export interface FetchedFile {
  readonly name: string;
  /** Of the bytes as they arrived, hex in lower case. */
  readonly sha256: string;
}

/**
 * X6: takes a client's receipt. A file that the manifest does not list or a hash that differs is
 * `fetched_mismatch`, and then nothing is noted. Saying the same again changes nothing. Without a
 * manifest it is `not_ready`; once the files are gone it is still taken.
 */
export async function noteFetched(
  deps: NoteFetchedDeps,
  order: FetchedOrder,
): Promise<ExportRecord> {
  const { tenantId } = order.principal;
  const { value: record } = await getExport(deps.exports, tenantId, order.exportId);
  requireManifest(record);
  await requireMatches(deps, order);
  const names = new Set(order.files.map(({ name }) => name));
  const known = await fetchedNames(deps.fetches, record.id);
  const fresh = [...names].filter((name) => !known.has(name));
  if (fresh.length > 0) await insert(deps, order, fresh);
  return count(deps, record);
}

function requireManifest({ status, totals }: ExportRecord): void {
  if (totals !== undefined && status !== 'pending' && status !== 'processing') return;
  throw new SluiceError('not_ready', {
    message: `The export is ${status} and has no files to fetch. Send this once it is ready.`,
  });
}

async function requireMatches(deps: NoteFetchedDeps, order: FetchedOrder): Promise<void> {
  const parts = await provenParts(deps, order.exportId);
  const hashes = new Map(parts.map(({ name, sha256 }) => [name, sha256]));
  const mistakes = order.files.flatMap((file, index) => mistakesOf(file, index, hashes));
  if (mistakes.length === 0) return;
  throw new SluiceError('fetched_mismatch', {
    message: 'Fetch the files that `errors` names again; nothing of this receipt was noted.',
    mistakes,
  });
}

function mistakesOf(
  { name, sha256 }: FetchedFile,
  index: number,
  hashes: ReadonlyMap<string, string>,
): readonly Mistake[] {
  const known = hashes.get(name);
  if (known === undefined) {
    return [{ pointer: `/files/${index}/name`, message: 'The export has no such file.' }];
  }
  if (known === sha256) return [];
  return [{ pointer: `/files/${index}/sha256`, message: 'The manifest names another hash.' }];
}

async function insert(
  { fetches, clock }: NoteFetchedDeps,
  { principal, exportId }: FetchedOrder,
  files: readonly string[],
): Promise<void> {
  const fetchedAt = clock();
  await fetches.insert({
    tenantId: principal.tenantId,
    exportId,
    id: newestFirstId(fetchedAt),
    files,
    fetchedBy: principalName(principal),
    fetchedAt,
  });
}

/** Counted from what is stored, so that a receipt whose second half was lost is made good by the next. */
async function count(deps: NoteFetchedDeps, { tenantId, id }: ExportRecord): Promise<ExportRecord> {
  const records = await deps.fetches.list(id);
  const files = new Set(records.flatMap((record) => record.files)).size;
  const at = records[0]?.fetchedAt;
  return changeExport(deps.exports, tenantId, id, (found) => {
    // Two receipts at once: the number only grows, whichever is written last.
    if (at === undefined || files <= (found.fetched?.files ?? 0)) return undefined;
    return { ...found, fetched: { files, at } };
  });
}

async function fetchedNames(fetches: FetchStore, exportId: string): Promise<ReadonlySet<string>> {
  return new Set((await fetches.list(exportId)).flatMap(({ files }) => files));
}
