import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import type { ExportFiles } from '../exports/export-files.ts';
import type { ExportRecord } from '../exports/export-record.ts';
import { getExport } from '../exports/find-export.ts';
import type { ExportStore } from '../exports/stores.ts';
import type { PartRecord } from '../exports/table-record.ts';
import { isFetchable } from '../exports/transitions.ts';
import { companionFiles } from '../exports/write-manifest.ts';
import { limits } from '../limits.ts';
import { principalName, type TenantPrincipal } from '../principal.ts';
import { allParts, type FindPartsDeps, partsByName } from './find-parts.ts';
import type { LinkRecord, LinkStore } from './link-record.ts';
import type { LinkSigner, LinkWindow } from './link-signer.ts';

export interface IssueLinksDeps extends FindPartsDeps {
  readonly exports: ExportStore;
  readonly files: ExportFiles;
  readonly links: LinkStore;
  readonly signer: LinkSigner;
  readonly clock: Clock;
}

export interface LinkOrder {
  readonly principal: TenantPrincipal;
  readonly exportId: string;
  /** Default 60; over 480 is `link_lifetime_too_long`. */
  readonly minutes?: number;
  readonly ip?: string;
  readonly callerAddress?: string;
}

export interface FileLinkOrder extends LinkOrder {
  /** Absent: every part file. */
  readonly files?: readonly string[];
}

export interface IssuedLinks {
  readonly linkId: string;
  readonly expiresAt: Date;
  readonly files: readonly IssuedFile[];
}

export interface IssuedFile {
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Absent for files that hold no rows, such as manifest.json. */
  readonly rows?: number;
}

export interface IssuedToken {
  readonly baseUrl: string;
  readonly sasToken: string;
  readonly files: readonly string[];
}

/** L2, L3: one read-only link per file. The ledger's line is written before the links are given out. */
export async function issueFileLinks(
  deps: IssueLinksDeps,
  order: FileLinkOrder,
): Promise<IssuedLinks> {
  const { record, window } = await admit(deps, order);
  const files = await chooseFiles(deps, record, order.files);
  const entry = await enter(deps, order, { kind: 'file', files, names: order.files }, window);
  const marked = { ...window, correlationId: entry.id };
  const issued = await Promise.all(
    files.map(async (file) => ({
      ...file,
      url: await deps.signer.signFile(record.id, file.name, marked),
    })),
  );
  return { linkId: entry.id, expiresAt: window.until, files: issued };
}

/** L10: one token for all files of the export, in Lakeside's shape. */
export async function issueExportToken(
  deps: IssueLinksDeps,
  order: LinkOrder,
): Promise<IssuedToken> {
  const { record, window } = await admit(deps, order);
  const files = await chooseFiles(deps, record, undefined);
  const entry = await enter(deps, order, { kind: 'export', files, names: undefined }, window);
  const marked = { ...window, correlationId: entry.id };
  const token = await deps.signer.signExport(record.id, marked);
  return { ...token, files: files.map(({ name }) => name) };
}

async function admit(
  deps: IssueLinksDeps,
  order: LinkOrder,
): Promise<{ readonly record: ExportRecord; readonly window: LinkWindow }> {
  const record = (await getExport(deps.exports, order.principal.tenantId, order.exportId)).value;
  requireFetchable(record);
  const minutes = order.minutes ?? limits.linkMinutesDefault;
  if (minutes > limits.linkMinutesMax) throw tooLong();
  const now = deps.clock();
  const until = endOfLink(now, minutes, record);
  if (until <= now) throw gone();
  return {
    record,
    window: { from: now, until, ...(order.ip === undefined ? {} : { ip: order.ip }) },
  };
}

/** L3: a link never outlives its files. */
function endOfLink(now: Date, minutes: number, record: ExportRecord): Date {
  const asked = now.getTime() + minutes * 60_000;
  return new Date(Math.min(asked, record.expiresAt?.getTime() ?? asked));
}

function requireFetchable(record: ExportRecord): void {
  if (record.status === 'expired' || record.deletion !== undefined) throw gone();
  if (isFetchable(record.status)) return;
  throw new SluiceError('not_ready', {
    message: `The export is ${record.status}. Links are given once it is ready or partially_ready.`,
  });
}

interface LinkableFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows?: number;
}

async function chooseFiles(
  deps: IssueLinksDeps,
  record: ExportRecord,
  names: readonly string[] | undefined,
): Promise<readonly LinkableFile[]> {
  if (names === undefined) return (await allParts(deps, record.id)).map(linkablePart);
  const [parts, companions] = await Promise.all([
    partsByName(deps, record, names.filter(isNoCompanion)),
    companionsOf(deps.files, record.id, names),
  ]);
  const known = new Map<string, LinkableFile>(companions);
  for (const [name, part] of parts) known.set(name, linkablePart(part));
  const missing = names.findIndex((name) => !known.has(name));
  if (missing >= 0) throw unknownFile(missing);
  return [...new Set(names)].flatMap((name) => known.get(name) ?? []);
}

const companionNames: readonly string[] = Object.values(companionFiles);

function isNoCompanion(name: string): boolean {
  return !companionNames.includes(name);
}

function linkablePart({ name, bytes, sha256, rows }: PartRecord): LinkableFile {
  return { name, bytes, sha256, rows };
}

async function companionsOf(
  files: ExportFiles,
  exportId: string,
  names: readonly string[],
): Promise<readonly (readonly [string, LinkableFile])[]> {
  const asked = companionNames.filter((name) => names.includes(name));
  const found = await Promise.all(asked.map((name) => files.find({ exportId, name })));
  return found.flatMap((file) =>
    file === undefined ? [] : [[file.name, { ...file, sha256: file.sha256 ?? '' }] as const],
  );
}

interface Opened {
  readonly kind: LinkRecord['kind'];
  readonly files: readonly LinkableFile[];
  /** What was asked for; undefined: everything. */
  readonly names: readonly string[] | undefined;
}

async function enter(
  deps: IssueLinksDeps,
  order: LinkOrder,
  { kind, files, names }: Opened,
  window: LinkWindow,
): Promise<LinkRecord> {
  const record: LinkRecord = {
    tenantId: order.principal.tenantId,
    exportId: order.exportId,
    id: randomUUID(),
    kind,
    fileCount: files.length,
    ...(names === undefined ? {} : { names: files.map(({ name }) => name) }),
    createdBy: principalName(order.principal),
    createdAt: window.from,
    expiresAt: window.until,
    ...(order.callerAddress === undefined ? {} : { callerAddress: order.callerAddress }),
    ...(order.ip === undefined ? {} : { ip: order.ip }),
  };
  await deps.links.insert(record);
  return record;
}

function tooLong(): SluiceError {
  return new SluiceError('link_lifetime_too_long', {
    message: `Ask for at most ${limits.linkMinutesMax} minutes (${limits.linkHoursMax} hours); ask again for a new link before the old one ends.`,
    mistakes: [{ pointer: '/minutes', message: `At most ${limits.linkMinutesMax}.` }],
  });
}

function gone(): SluiceError {
  return new SluiceError('export_expired', {
    message: 'The files of this export were deleted. Start a new export.',
  });
}

function unknownFile(index: number): SluiceError {
  return new SluiceError('invalid_body', {
    message: 'Name only files that the manifest lists, or leave `files` out to get all of them.',
    mistakes: [{ pointer: `/files/${index}`, message: 'The export has no such file.' }],
  });
}
