import type { Clock } from '../clock.ts';
import { type Mistake, SluiceError } from '../errors.ts';
import { changeExport } from '../exports/change-export.ts';
import type { ExportRecord } from '../exports/export-record.ts';
import { getExport } from '../exports/find-export.ts';
import type { ExportStore } from '../exports/stores.ts';
import type { PartRecord } from '../exports/table-record.ts';
import type { TenantPrincipal } from '../principal.ts';
import type { FetchRecord, FetchStore } from './fetch-record.ts';
import { type FindPartsDeps, partsByName } from './find-parts.ts';
import { sizeOf, withParts } from './part-set.ts';

export interface NoteFetchedDeps extends FindPartsDeps {
  readonly exports: ExportStore;
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

/** Each try fails only because another receipt was written in between. */
const triesMax = 20;

/**
 * X6: takes a client's receipt. A file that the manifest does not list or a hash that differs is
 * `fetched_mismatch`, and then nothing is noted. Saying the same again changes nothing. Without a
 * manifest it is `not_ready`; once the files are gone it is still taken. It costs the same however many
 * receipts there were before.
 */
export async function noteFetched(
  deps: NoteFetchedDeps,
  order: FetchedOrder,
): Promise<ExportRecord> {
  const { tenantId } = order.principal;
  const { value: record } = await getExport(deps.exports, tenantId, order.exportId);
  requireManifest(record);
  const parts = await matchingParts(deps, record, order.files);
  return show(deps, record, await keep(deps, record, parts));
}

function requireManifest({ status, totals }: ExportRecord): void {
  if (totals !== undefined && status !== 'pending' && status !== 'processing') return;
  throw new SluiceError('not_ready', {
    message: `The export is ${status} and has no files to fetch. Send this once it is ready.`,
  });
}

async function matchingParts(
  deps: NoteFetchedDeps,
  record: ExportRecord,
  files: readonly FetchedFile[],
): Promise<readonly PartRecord[]> {
  const parts = await partsByName(
    deps,
    record,
    files.map(({ name }) => name),
  );
  const mistakes = files.flatMap((file, index) => mistakesOf(file, index, parts));
  if (mistakes.length === 0) return [...parts.values()].filter(named(files));
  throw new SluiceError('fetched_mismatch', {
    message: 'Fetch the files that `errors` names again; nothing of this receipt was noted.',
    mistakes,
  });
}

function named(files: readonly FetchedFile[]): (part: PartRecord) => boolean {
  const names = new Set(files.map(({ name }) => name));
  return ({ name }) => names.has(name);
}

function mistakesOf(
  { name, sha256 }: FetchedFile,
  index: number,
  parts: ReadonlyMap<string, PartRecord>,
): readonly Mistake[] {
  const known = parts.get(name);
  if (known === undefined) {
    return [{ pointer: `/files/${index}/name`, message: 'The export has no such file.' }];
  }
  if (known.sha256 === sha256) return [];
  return [{ pointer: `/files/${index}/sha256`, message: 'The manifest names another hash.' }];
}

/** Adds the parts to what is known; two receipts at once are both in it. */
async function keep(
  { fetches, clock }: NoteFetchedDeps,
  { tenantId, id: exportId }: ExportRecord,
  parts: readonly PartRecord[],
): Promise<FetchRecord> {
  for (let tries = 1; ; tries++) {
    const found = await fetches.find(exportId);
    const known = found?.value ?? { tenantId, exportId, parts: {}, at: clock() };
    const grown = withParts(known.parts, parts);
    if (grown === known.parts) return known;
    const record = { ...known, parts: grown, at: clock() };
    if (found === undefined) {
      if (await fetches.insert(record)) return record;
    } else if (await isUpdated(fetches, record, found.etag)) return record;
    if (tries === triesMax) throw new SluiceError('changed_meanwhile');
  }
}

async function isUpdated(fetches: FetchStore, record: FetchRecord, etag: string): Promise<boolean> {
  try {
    await fetches.update(record, etag);
    return true;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'changed_meanwhile') return false;
    throw error;
  }
}

/** Made of what is stored, so that a receipt whose second half was lost is made good by the next. */
function show(
  { exports }: NoteFetchedDeps,
  { tenantId, id }: ExportRecord,
  { parts, at }: FetchRecord,
): Promise<ExportRecord> {
  const files = sizeOf(parts);
  return changeExport(exports, tenantId, id, (found) => {
    // Two receipts at once: the number only grows, whichever is written last.
    if (files <= (found.fetched?.files ?? 0)) return undefined;
    return { ...found, fetched: { files, at } };
  });
}
