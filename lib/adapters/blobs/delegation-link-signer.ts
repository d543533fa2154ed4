import { generateBlobSASQueryParameters } from '@azure/storage-blob';
import type { Clock } from '../../core/clock.ts';
import type { LinkSigner } from '../../core/links/link-signer.ts';
import type { IdentityAccount } from '../shared/storage-options.ts';
import { createBlobService } from './blob-service.ts';
import { createDelegationKeys } from './delegation-keys.ts';
import type { ReadOnlySas } from './read-only-sas.ts';
import { createSasLinkSigner } from './sas-link-signer.ts';

/**
 * Links signed by a user delegation key of the identity; throws `storage_unavailable` without one.
 * Each carries its correlation id (`scid`), which Azure's storage log repeats at every use.
 */
export function createDelegationLinkSigner(account: IdentityAccount, now: Clock): LinkSigner {
  const service = createBlobService(account);
  const keys = createDelegationKeys(service, now);
  const prepare = isOnThisMachine(account.serviceUrl)
    ? withoutCorrelation
    : (sas: ReadOnlySas) => sas;
  return createSasLinkSigner(service, async (sas) =>
    generateBlobSASQueryParameters(prepare(sas), await keys(sas), service.accountName),
  );
}

/** Only the emulator is here, and it refuses a link that carries a correlation id (403). */
function isOnThisMachine(serviceUrl: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(serviceUrl).hostname);
}

function withoutCorrelation({ correlationId, ...sas }: ReadOnlySas): ReadOnlySas {
  return sas;
}
