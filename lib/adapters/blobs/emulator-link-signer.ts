import {
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import type { LinkSigner } from '../../core/links/link-signer.ts';
import { requireEmulator } from '../shared/emulator-connection.ts';
import { createBlobService } from './blob-service.ts';
import { createSasLinkSigner } from './sas-link-signer.ts';

/**
 * Links signed with the emulator's account key. Throws TypeError for any other account: there only
 * an identity signs.
 */
export function createEmulatorLinkSigner(connectionString: string): LinkSigner {
  const { accountName, accountKey, blobUrl } = requireEmulator(connectionString);
  const credential = new StorageSharedKeyCredential(accountName, accountKey);
  const service = createBlobService({ kind: 'emulator', connectionString });
  const protocol = blobUrl.startsWith('https:') ? SASProtocol.Https : SASProtocol.HttpsAndHttp;
  return createSasLinkSigner(service, async (sas) =>
    generateBlobSASQueryParameters({ ...sas, protocol }, credential),
  );
}
