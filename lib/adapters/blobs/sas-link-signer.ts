import type { BlobServiceClient, SASQueryParameters } from '@azure/storage-blob';
import type { LinkSigner } from '../../core/links/link-signer.ts';
import { exportContainer } from './blob-service.ts';
import { containerSas, fileSas, type ReadOnlySas } from './read-only-sas.ts';

/** Links made of SAS that `sign` signs. */
export function createSasLinkSigner(
  service: BlobServiceClient,
  sign: (sas: ReadOnlySas) => Promise<SASQueryParameters>,
): LinkSigner {
  return {
    async signFile(exportId, fileName, window) {
      const container = exportContainer(service, exportId);
      const sas = await sign(fileSas(container, fileName, window));
      return `${container.url}/${fileName}?${sas}`;
    },
    async signExport(exportId, window) {
      const container = exportContainer(service, exportId);
      const sas = await sign(containerSas(container, window));
      return { baseUrl: `${container.url}/`, sasToken: `?${sas}` };
    },
  };
}
