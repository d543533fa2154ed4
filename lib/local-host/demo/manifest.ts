import { asString, pick, tryParseJson } from '../json.ts';
import { listAt, numberAt, textAt } from './fields.ts';

/** What the demo reads of a manifest (api.md §4). */
export interface DemoManifest {
  readonly exportId: string;
  readonly tenantId: string;
  readonly status: string;
  readonly expiresAt: Date;
  readonly tables: readonly ManifestTable[];
}

export interface ManifestTable {
  readonly name: string;
  readonly sourceRows: number;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly files: readonly ManifestFile[];
}

export interface ManifestFile {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly uncompressedBytes: number;
  readonly sha256: string;
}

/** Throws a DemoError that names the place when something is missing. */
export function readManifest(bytes: Uint8Array): DemoManifest {
  const manifest = tryParseJson(Buffer.from(bytes).toString());
  return {
    exportId: textAt(manifest, 'exportId'),
    tenantId: textAt(manifest, 'tenantId'),
    status: textAt(manifest, 'status'),
    expiresAt: new Date(textAt(manifest, 'expiresAt')),
    tables: listAt(manifest, 'tables').map(readTable),
  };
}

function readTable(table: unknown): ManifestTable {
  return {
    name: textAt(table, 'name'),
    sourceRows: numberAt(table, 'sourceRows'),
    rows: numberAt(table, 'rows'),
    columns: listAt(table, 'columns').map((column) => asString(pick(column, 'name')) ?? ''),
    files: listAt(table, 'files').map(readFile),
  };
}

function readFile(file: unknown): ManifestFile {
  return {
    name: textAt(file, 'name'),
    rows: numberAt(file, 'rows'),
    bytes: numberAt(file, 'bytes'),
    uncompressedBytes: numberAt(file, 'uncompressedBytes'),
    sha256: textAt(file, 'sha256'),
  };
}
