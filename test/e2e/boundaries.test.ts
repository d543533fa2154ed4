import { beforeAll, expect, test } from 'vitest';
import type { Tenant } from './support/api.ts';
import { download, unpack } from './support/download.ts';
import { manifestSchema } from './support/manifest.ts';
import { api } from './support/suite.ts';
import { boundaryRows, sourceIds } from './support/vendor-database.ts';

let alpha: Tenant;

beforeAll(async () => {
  alpha = await api.tenant(sourceIds.alpha);
});

/** The rows of each part, from the promise alone: full parts of a million and the rest. */
function partsOf(rows: number): readonly number[] {
  const full = Array.from({ length: Math.floor(rows / 1_000_000) }, () => 1_000_000);
  const rest = rows % 1_000_000;
  return rest > 0 || rows === 0 ? [...full, rest] : full;
}

test('L5 parts are cut at exactly 1,000,000 rows, and every file is what the manifest says', async () => {
  const names = boundaryRows.map((rows) => `rows_${rows}`);
  const { id } = await api.run(alpha, names);
  const manifest = await api.call('GET', `v1/exports/${id}/manifest`, { key: alpha.key });
  const { tables } = manifestSchema.parse(JSON.parse(manifest.text));
  expect(tables.map((table) => [table.name, table.files.map(({ rows }) => rows)])).toEqual(
    boundaryRows.map((rows) => [`rows_${rows}`, partsOf(rows)]),
  );
  const { files } = await api.links(alpha, id);
  let ids = new Map<string, bigint>();
  for (const file of files) {
    const listed = tables.flatMap((table) => table.files).find(({ name }) => name === file.name);
    const bytes = await download(file);
    const plain = unpack(file.name, bytes);
    const lines = linesOf(plain);
    expect({ ...listed }).toEqual({
      name: file.name,
      rows: lines.rows,
      bytes: bytes.length,
      uncompressedBytes: plain.length,
      sha256: file.sha256,
    });
    expect(lines.header).toBe('"id","tenant_id","hash"');
    const stem = file.name.slice(0, -'-00001.csv.gz'.length);
    ids = ids.set(stem, (ids.get(stem) ?? 0n) + lines.idSum);
  }
  // Every id once: the sums are those of 1 to n.
  for (const rows of boundaryRows) {
    expect(ids.get(`rows_${rows}`)).toBe((BigInt(rows) * BigInt(rows + 1)) / 2n);
  }
});

/** These tables hold no quotes and no line breaks, so a line is a row. */
function linesOf(plain: Buffer): { header: string; rows: number; idSum: bigint } {
  const end = plain.indexOf(10);
  let [rows, idSum, at] = [0, 0, end + 1];
  while (at < plain.length) {
    idSum += Number(plain.toString('latin1', at, plain.indexOf(44, at)));
    at = plain.indexOf(10, at) + 1;
    rows++;
  }
  return { header: plain.toString('utf8', 0, end), rows, idSum: BigInt(idSum) };
}
