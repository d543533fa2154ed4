import type { TokenCredential } from '@azure/core-auth';
import { isRestError } from '@azure/core-rest-pipeline';
import { SecretClient } from '@azure/keyvault-secrets';
import type { KeptSecret, SecretKeeper } from '../../core/own-secrets/secret-keeper.ts';
import { isLoopback } from './is-loopback.ts';
import { requireSecretName } from './secret-problem.ts';
import { vaultTrouble } from './vault-trouble.ts';

const callMs = 60_000;

/** The operator's hand in Azure Key Vault. Needs the role Key Vault Secrets Officer on the vault. */
export function createKeyVaultKeeper(vaultUrl: string, credential: TokenCredential): SecretKeeper {
  const client = new SecretClient(vaultUrl, credential, {
    retryOptions: { maxRetries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 8_000 },
    // A vault of this machine (tests) has no name under vault.azure.net; any other one must have.
    disableChallengeResourceVerification: isLoopback(vaultUrl),
  });
  return {
    async look(name) {
      requireSecretName(name);
      return (await look(client, name)) ?? (await lookAmongDeleted(client, name));
    },
    async write(name, value, { contentType, purpose }) {
      const options = { contentType, tags: { purpose }, ...inTime() };
      await told(name, 'set', client.setSecret(name, value, options));
    },
    async recover(name) {
      const recovering = client.beginRecoverDeletedSecret(name, inTime());
      const poller = await told(name, 'recover', recovering);
      await told(name, 'recover', poller.pollUntilDone());
    },
  };
}

/** Undefined when there is none that can be read by this name. */
async function look(client: SecretClient, name: string): Promise<KeptSecret | undefined> {
  try {
    const { value, properties } = await client.getSecret(name, inTime());
    return { state: 'present', value: value ?? '', madeAt: properties.createdOn ?? new Date(0) };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    // Only the message tells a disabled secret from a missing role: the SDK drops the inner code.
    if (statusOf(error) === 403 && /disabled secret/i.test(messageOf(error))) {
      return { state: 'disabled' };
    }
    throw vaultTrouble(name, 'read', error);
  }
}

async function lookAmongDeleted(client: SecretClient, name: string): Promise<KeptSecret> {
  try {
    const { properties } = await client.getDeletedSecret(name, inTime());
    const goneAt = 'scheduledPurgeDate' in properties ? properties.scheduledPurgeDate : undefined;
    return { state: 'deleted', ...(goneAt instanceof Date ? { goneAt } : {}) };
  } catch (error) {
    // Whoever may not look there hears of a deleted secret when he wants to set it.
    if ([403, 404].includes(statusOf(error) ?? 0)) return { state: 'missing' };
    throw vaultTrouble(name, 'read', error);
  }
}

async function told<T>(name: string, act: 'set' | 'recover', answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw vaultTrouble(name, act, error);
  }
}

function inTime(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(callMs) };
}

function statusOf(error: unknown): number | undefined {
  return isRestError(error) ? error.statusCode : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
