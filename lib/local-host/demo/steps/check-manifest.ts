import { createHash } from 'node:crypto';
import type { ApiClient } from '../api-client.ts';
import type { Demo, RunningHost } from '../demo.ts';
import { mustHold } from '../demo-error.ts';
import { formatCount } from '../format.ts';
import { type DemoManifest, readManifest } from '../manifest.ts';
import { sampleTenants } from '../sample/tenants.ts';
import { countSampleRows } from '../sample-database.ts';
import { verifyManifest } from '../verify-manifest.ts';
import type { Announced } from './await-webhook.ts';

export interface ManifestCheck {
  readonly exportId: string;
  readonly owner: ApiClient;
  readonly announced: Announced;
  readonly databaseFile: string;
}

/** The signed list of everything: its signature, its digest, and its counts against the database's own. */
export async function checkManifest(
  { narrator }: Demo,
  { anyone }: RunningHost,
  { exportId, owner, announced, databaseFile }: ManifestCheck,
): Promise<DemoManifest> {
  narrator.step('The manifest: what belongs to the export, signed');
  const path = `/v1/exports/${exportId}/manifest`;
  const bytes = await owner.bytes(path);
  const signature = await owner.bytes(`${path}?format=jws`);
  const keyId = await verifyManifest(bytes, signature, await anyone.bytes('/v1/signing-keys'));
  narrator.done(`Ed25519 signature checked with the jose library, key ${keyId}`);
  const digest = createHash('sha256').update(bytes).digest('hex');
  mustHold(digest === announced.manifestSha256, 'The webhook announced another manifest.');
  narrator.done(`SHA-256 as the webhook announced: ${digest.slice(0, 16)}…`);
  const manifest = readManifest(bytes);
  mustHold(manifest.exportId === exportId, 'The manifest belongs to another export.');
  checkCounts(manifest, countSampleRows(databaseFile, sampleTenants.northwind.id));
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  mustHold(rows === announced.rows, 'The webhook announced another number of rows.');
  const tables = manifest.tables.length;
  narrator.done(
    `${tables} tables, ${formatCount(rows)} rows: as many as the database itself counts`,
  );
  return manifest;
}

function checkCounts({ tables }: DemoManifest, counted: ReadonlyMap<string, number>): void {
  mustHold(tables.length === counted.size, `The manifest lists ${tables.length} tables.`);
  for (const { name, rows, sourceRows, files } of tables) {
    const inFiles = files.reduce((sum, file) => sum + file.rows, 0);
    const all = [rows, sourceRows, inFiles];
    const expected = counted.get(name);
    mustHold(
      all.every((count) => count === expected),
      `${name} has ${expected} rows in the database, but the manifest says ${all.join(', ')}.`,
    );
  }
}
