import dns from 'node:dns';
import type { TokenCredential } from '@azure/core-auth';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createKeyVaultSecrets } from '../../../lib/adapters/secrets/key-vault-secrets.ts';
import { type FakeVault, startFakeVault, trustedCertificate, vaultToken } from './fake-vault.ts';

const minuteMs = 60_000;
const name = 'sluice-master-key';
const throttled = { kind: 'status', status: 429, retryAfterSeconds: 0 } as const;

let certificate: Awaited<ReturnType<typeof trustedCertificate>>;
let vault: FakeVault;
let now: number;
beforeAll(async () => {
  certificate = await trustedCertificate();
});
beforeEach(async () => {
  vault = await startFakeVault(certificate);
  vault.set(name, 'value 1');
  now = Date.UTC(2026, 2, 1);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await vault[Symbol.asyncDispose]();
});

const secretsOf = (credential: TokenCredential = fixedCredential()) =>
  createKeyVaultSecrets(vault.url, credential, () => new Date(now));

describe('secrets in Key Vault', () => {
  test('are read after the challenge, with a token for the vault', async () => {
    const asked: (string | string[])[] = [];
    const secrets = secretsOf(fixedCredential(asked));
    expect(await secrets.get(name)).toBe('value 1');
    expect(asked[0]).toEqual(['https://vault.azure.net/.default']);
    expect([vault.challenges(), vault.reads()]).toEqual([1, 1]);
  });

  test('are asked for once in ten minutes, and then in the newest version', async () => {
    const secrets = secretsOf();
    expect(await secrets.get(name)).toBe('value 1');
    vault.set(name, 'value 2');
    now += 10 * minuteMs - 1;
    expect(await secrets.get(name)).toBe('value 1');
    now += 1;
    expect(await secrets.get(name)).toBe('value 2');
    expect(vault.reads()).toBe(2);
  });

  test('are asked for once by 50 callers that come together, each secret for itself', async () => {
    vault.set('pg-app', 'postgres://x');
    const secrets = secretsOf();
    const names = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? name : 'pg-app'));
    const values = await Promise.all(names.map((asked) => secrets.get(asked)));
    expect(new Set(values)).toEqual(new Set(['value 1', 'postgres://x']));
    expect(vault.reads()).toBe(2);
  });

  test('that are missing are told by name, and found as soon as they are set', async () => {
    const secrets = secretsOf();
    await expect(secrets.get('pg-app')).rejects.toMatchObject({
      code: 'secret_unavailable',
      message: 'A secret cannot be read.',
      internal: 'The secret pg-app is not in Key Vault: set it there.',
    });
    vault.set('pg-app', 'postgres://x');
    expect(await secrets.get('pg-app')).toBe('postgres://x');
  });

  test('that were deleted are not served from memory once that is known', async () => {
    const secrets = secretsOf();
    await secrets.get(name);
    vault.remove(name);
    now += 10 * minuteMs;
    await expect(secrets.get(name)).rejects.toMatchObject({ code: 'secret_unavailable' });
    await expect(secrets.get(name)).rejects.toMatchObject({ code: 'secret_unavailable' });
  });

  test('that the identity may not read say which role is missing', async () => {
    vault.behave({ kind: 'status', status: 403 });
    await expect(secretsOf().get(name)).rejects.toMatchObject({
      code: 'secret_unavailable',
      internal: expect.stringMatching(/refuses the secret sluice-master-key: .*Secrets User/),
    });
  });

  test.each(['', 'a b', '../keys/x', 'x'.repeat(128), 'ü'])(
    'the name %j is refused before the vault is asked',
    async (odd) => {
      await expect(secretsOf().get(odd)).rejects.toMatchObject({
        code: 'secret_unavailable',
        internal: expect.stringContaining('is no name of a secret'),
      });
      expect([vault.challenges(), vault.reads()]).toEqual([0, 0]);
    },
  );

  test('that are empty are refused', async () => {
    vault.set(name, '');
    await expect(secretsOf().get(name)).rejects.toMatchObject({
      internal: 'The secret sluice-master-key has no value in Key Vault.',
    });
  });
});

describe('a vault in trouble', () => {
  test('that throttles a moment is asked again, as it says', async () => {
    vault.behave({ ...throttled, times: 2 });
    expect(await secretsOf().get(name)).toBe('value 1');
    expect(vault.reads()).toBe(3);
  });

  test.each([
    ['throttles', throttled],
    ['fails', { kind: 'status', status: 503, retryAfterSeconds: 0 } as const],
    ['cuts connections', { kind: 'cut' } as const],
  ])('that %s: the old value holds for an hour and no longer', async (_, trouble) => {
    const secrets = secretsOf();
    await secrets.get(name);
    vault.behave(trouble);
    now += 10 * minuteMs;
    expect(await secrets.get(name)).toBe('value 1');
    const reads = vault.reads();
    now += minuteMs / 2 - 1;
    expect(await secrets.get(name)).toBe('value 1');
    expect(vault.reads()).toBe(reads);
    now = Date.UTC(2026, 2, 1) + 60 * minuteMs - 1;
    expect(await secrets.get(name)).toBe('value 1');
    expect(vault.reads()).toBeGreaterThan(reads);
    now += 1;
    await expect(secrets.get(name)).rejects.toMatchObject({
      code: 'secret_unavailable',
      internal: expect.stringContaining('Key Vault did not give the secret sluice-master-key'),
    });
  });

  test('that recovers is asked again within half a minute', async () => {
    const secrets = secretsOf();
    await secrets.get(name);
    vault.set(name, 'value 2');
    vault.behave(throttled);
    now += 10 * minuteMs;
    expect(await secrets.get(name)).toBe('value 1');
    vault.behave(undefined);
    now += minuteMs / 2;
    expect(await secrets.get(name)).toBe('value 2');
  });

  test.each([
    ['says nothing', { kind: 'hang' } as const],
    ['says: come back in a minute', { ...throttled, retryAfterSeconds: 60 }],
  ])('that %s is not waited for longer than eleven seconds', async (_, trouble) => {
    vault.behave(trouble);
    const startedMs = performance.now();
    await expect(secretsOf().get(name)).rejects.toMatchObject({ code: 'secret_unavailable' });
    expect(performance.now() - startedMs).toBeLessThan(11_000);
  });

  test('that says nothing holds nobody up for longer than three seconds while there is an old value', async () => {
    const secrets = secretsOf();
    await secrets.get(name);
    vault.behave({ kind: 'hang' });
    now += 10 * minuteMs;
    const startedMs = performance.now();
    expect(await secrets.get(name)).toBe('value 1');
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });

  test('an identity that cannot sign in is told by the name of the secret, and nothing leaks', async () => {
    const failing: TokenCredential = {
      getToken: () => Promise.reject(new Error('canary of the identity')),
    };
    const error: unknown = await secretsOf(failing)
      .get(name)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'secret_unavailable',
      internal: 'Key Vault did not give the secret sluice-master-key: Error, status none.',
    });
    expect(vault.reads()).toBe(0);
  });

  test('a vault elsewhere must be the one that the challenge names: no token goes to another host', async () => {
    const asked: (string | string[])[] = [];
    // The certificate is good for this name, but it is not one of those that are let off.
    const byName = vault.url.replace('127.0.0.1', 'localhost.');
    answerEveryName('127.0.0.1');
    const secrets = createKeyVaultSecrets(byName, fixedCredential(asked), () => new Date(now));
    await expect(secrets.get(name)).rejects.toMatchObject({ code: 'secret_unavailable' });
    expect(asked).toEqual([]);
    expect([vault.challenges(), vault.reads()]).toEqual([1, 0]);
  });
});

function answerEveryName(address: string): void {
  const lookup = (_: string, ...rest: readonly unknown[]) => {
    const answer = rest.at(-1) as (error: null, found: readonly unknown[]) => void;
    answer(null, [{ address, family: 4 }]);
  };
  vi.spyOn(dns, 'lookup').mockImplementation(lookup as typeof dns.lookup);
}

function fixedCredential(asked: (string | string[])[] = []): TokenCredential {
  return {
    async getToken(scopes) {
      asked.push(scopes);
      return { token: vaultToken, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
}
