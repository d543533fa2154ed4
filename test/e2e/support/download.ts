import { createHash } from 'node:crypto';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import type { LinksAnswer } from '../../../lib/api/links.ts';

type LinkedFile = LinksAnswer['files'][number];

/** Fetches a file by its link and checks size and SHA-256 against what the link's answer said. */
export async function download(file: LinkedFile): Promise<Buffer> {
  const response = await fetch(file.url);
  expect(response.status).toBe(200);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect({ bytes: bytes.length, sha256: sha256(bytes) }).toEqual({
    bytes: file.bytes,
    sha256: file.sha256,
  });
  return bytes;
}

/** The file's CSV as somebody else's reader sees it: one record per row, the header apart. */
export async function readCsv(file: LinkedFile): Promise<CsvContent> {
  const text = unpack(file.name, await download(file)).toString('utf8');
  const [header = [], ...records] = parse(text, { relax_column_count: false }) as string[][];
  return { header, records, text };
}

export interface CsvContent {
  readonly header: readonly string[];
  readonly records: readonly (readonly string[])[];
  readonly text: string;
}

/** The uncompressed bytes of a part. */
export function unpack(name: string, bytes: Buffer): Buffer {
  if (name.endsWith('.gz')) return gunzipSync(bytes);
  return name.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
