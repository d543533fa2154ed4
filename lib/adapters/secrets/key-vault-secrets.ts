import type { TokenCredential } from '@azure/core-auth';
import { isRestError } from '@azure/core-rest-pipeline';
import { SecretClient } from '@azure/keyvault-secrets';
import type { Clock } from '../../core/clock.ts';
import type { OptionalSecretStore, SecretStore } from '../../core/secrets.ts';
import { cachedSecrets, type SecretReading } from './cached-secrets.ts';
import { isLoopback } from './is-loopback.ts';
import { requireSecretName, secretProblem } from './secret-problem.ts';

/** Answers that will not change by themselves: ill-formed, forbidden or disabled, missing. */
const finalStatuses: ReadonlySet<number> = new Set([400, 403, 404]);

/**
 * Secrets from Azure Key Vault, always the newest version. A value is kept for 10 minutes, and for
 * up to an hour while the vault throttles or is down. `get` throws `secret_unavailable` naming the secret.
 */
export function createKeyVaultSecrets(
  vaultUrl: string,
  credential: TokenCredential,
  clock: Clock,
): SecretStore & OptionalSecretStore {
  const client = new SecretClient(vaultUrl, credential, {
    retryOptions: { maxRetries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 4_000 },
    // A vault of this machine (tests) has no name under vault.azure.net; any other one must have.
    disableChallengeResourceVerification: isLoopback(vaultUrl),
  });
  return cachedSecrets((name, timeoutMs) => readSecret(client, name, timeoutMs), clock);
}

/** The time is for all tries together: a vault that says "come back in a minute" is not waited for. */
async function readSecret(
  client: SecretClient,
  name: string,
  timeoutMs: number,
): Promise<SecretReading> {
  requireSecretName(name);
  try {
    const { value } = await client.getSecret(name, {
      abortSignal: AbortSignal.timeout(timeoutMs),
    });
    return value === undefined || value === '' ? noValue(name) : { ok: true, value };
  } catch (error) {
    return troubleOf(name, error);
  }
}

function noValue(name: string): SecretReading {
  const error = secretProblem(`The secret ${name} has no value in Key Vault.`);
  return { ok: false, passing: false, error };
}

function troubleOf(name: string, thrown: unknown): SecretReading {
  const status = isRestError(thrown) ? thrown.statusCode : undefined;
  const error = secretProblem(textOf(name, status, thrown), thrown);
  const passing = status === undefined || !finalStatuses.has(status);
  return { ok: false, passing, missing: status === 404, error };
}

function textOf(name: string, status: number | undefined, thrown: unknown): string {
  if (status === 404) return `The secret ${name} is not in Key Vault: set it there.`;
  if (status === 403) {
    return `Key Vault refuses the secret ${name}: the app's identity needs the role Key Vault Secrets User, and the secret must be enabled.`;
  }
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  return `Key Vault did not give the secret ${name}: ${kind}, status ${status ?? 'none'}.`;
}
