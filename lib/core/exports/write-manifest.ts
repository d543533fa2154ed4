import { createHash } from 'node:crypto';
import type { Signer } from '../signing/signer.ts';
import type { ExportFiles } from './export-files.ts';
import type { Manifest } from './manifest.ts';

/** Files beside the parts (api.md §4). */
export const companionFiles = {
  schema: 'schema.json',
  manifest: 'manifest.json',
  signature: 'manifest.jws',
} as const;

/** Writes schema.json, manifest.json and its detached signature; returns the manifest's bytes. */
export async function writeManifest(
  files: ExportFiles,
  signer: Signer,
  manifest: Manifest,
): Promise<Uint8Array> {
  const bytes = jsonBytes(manifest);
  const signature = Buffer.from(await signer.signDetached(bytes));
  const { exportId } = manifest;
  await put(
    files,
    exportId,
    companionFiles.schema,
    jsonBytes(schemaOf(manifest)),
    'application/json',
  );
  await put(files, exportId, companionFiles.manifest, bytes, 'application/json');
  await put(files, exportId, companionFiles.signature, signature, 'application/jose');
  return bytes;
}

/** The columns of every table, for a reader that wants nothing else of the manifest. */
function schemaOf({ exportId, tables }: Manifest): object {
  return {
    version: 1,
    exportId,
    tables: tables.map(({ name, description, columns }) => ({ name, description, columns })),
  };
}

function jsonBytes(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}

async function put(
  files: ExportFiles,
  exportId: string,
  name: string,
  bytes: Uint8Array,
  contentType: string,
): Promise<void> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await files.put({ exportId, name }, bytes, { contentType, sha256 });
}
