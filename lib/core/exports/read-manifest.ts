import { SluiceError } from '../errors.ts';
import type { ExportFiles } from './export-files.ts';
import { getExport } from './find-export.ts';
import type { ExportStore } from './stores.ts';
import { isFetchable } from './transitions.ts';
import { companionFiles } from './write-manifest.ts';

/**
 * The bytes of the manifest or of its signature. Throws `not_ready` before there is a manifest and
 * `export_expired` once the files are gone.
 */
export async function readManifest(
  { exports, files }: { readonly exports: ExportStore; readonly files: ExportFiles },
  tenantId: string,
  exportId: string,
  form: 'json' | 'jws',
): Promise<Uint8Array> {
  const { value: record } = await getExport(exports, tenantId, exportId);
  if (record.status === 'expired' || record.deletion !== undefined) {
    throw new SluiceError('export_expired');
  }
  if (!isFetchable(record.status)) {
    throw new SluiceError('not_ready', {
      message: `The export is ${record.status}. The manifest is there once it is ready.`,
    });
  }
  const name = form === 'json' ? companionFiles.manifest : companionFiles.signature;
  const bytes = await files.get({ exportId, name });
  if (bytes !== undefined) return bytes;
  throw new SluiceError('storage_unavailable', { internal: `${name} of ${exportId} is missing.` });
}
