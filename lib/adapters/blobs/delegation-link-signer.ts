import { generateBlobSASQueryParameters } from '@azure/storage-blob';
import type { Clock } from '../../core/clock.ts';
import type { LinkSigner } from '../../core/links/link-signer.ts';
import type { IdentityAccount } from '../shared/storage-options.ts';
import { createBlobService } from './blob-service.ts';
import { createDelegationKeys } from './delegation-keys.ts';
import { createSasLinkSigner } from './sas-link-signer.ts';

/** Links signed by a user delegation key of the identity; throws `storage_unavailable` without one. */
export function createDelegationLinkSigner(account: IdentityAccount, now: Clock): LinkSigner {
  const service = createBlobService(account);
  const keys = createDelegationKeys(service, now);
  return createSasLinkSigner(service, async (sas) =>
    generateBlobSASQueryParameters(sas, await keys(sas), service.accountName),
  );
}
