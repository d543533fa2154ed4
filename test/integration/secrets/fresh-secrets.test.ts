import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createKeyVaultSecrets } from '../../../lib/adapters/secrets/key-vault-secrets.ts';
import { type FakeVault, startFakeVault, trustedCertificate, vaultToken } from './fake-vault.ts';

const name = 'sluice-signing-keys-previous';
const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const credential = {
  getToken: async () => ({ token: vaultToken, expiresOnTimestamp: Date.now() + 3_600_000 }),
};

let certificate: Awaited<ReturnType<typeof trustedCertificate>>;
let vault: FakeVault;
let now: number;
beforeAll(async () => {
  certificate = await trustedCertificate();
});
beforeEach(async () => {
  vault = await startFakeVault(certificate);
  now = Date.UTC(2026, 2, 1);
});
afterEach(() => vault[Symbol.asyncDispose]());

const secretsOf = () => createKeyVaultSecrets(vault.url, credential, () => new Date(now));

test('a caller who wants a value of the last half minute gets it, and asks no more often than that', async () => {
  const secrets = secretsOf();
  vault.set(name, 'value 1');
  expect(await secrets.get(name)).toBe('value 1');
  vault.set(name, 'value 2');
  now += 30 * secondMs - 1;
  expect(await secrets.get(name, 30 * secondMs)).toBe('value 1');
  now += 1;
  expect(await secrets.get(name)).toBe('value 1');
  expect(await secrets.find(name, 30 * secondMs)).toBe('value 2');
  expect(await secrets.get(name)).toBe('value 2');
  expect(vault.reads()).toBe(2);
});

test('that there is none is remembered for as long as the caller allows, and not for others', async () => {
  const secrets = secretsOf();
  for (let asked = 0; asked < 3; asked++) {
    expect(await secrets.find(name, 30 * secondMs)).toBeUndefined();
  }
  expect(vault.reads()).toBe(1);
  vault.set(name, 'value 1');
  now += 30 * secondMs - 1;
  expect(await secrets.find(name, 30 * secondMs)).toBeUndefined();
  expect(await secrets.find(name)).toBe('value 1');
  expect(await secrets.find(name, 30 * secondMs)).toBe('value 1');
  expect(vault.reads()).toBe(2);
});

test('while the vault is in trouble wanting fresh values neither shortens the life of the old one nor asks more', async () => {
  const secrets = secretsOf();
  vault.set(name, 'value 1');
  await secrets.get(name);
  vault.behave({ kind: 'status', status: 500, retryAfterSeconds: 0 });
  now += minuteMs;
  expect(await secrets.get(name, 30 * secondMs)).toBe('value 1');
  const reads = vault.reads();
  now += 30 * secondMs - 1;
  expect(await secrets.get(name, 30 * secondMs)).toBe('value 1');
  now += 2 * minuteMs;
  expect(await secrets.get(name)).toBe('value 1');
  expect(vault.reads()).toBe(reads);
  now = Date.UTC(2026, 2, 1) + 60 * minuteMs;
  await expect(secrets.get(name, 30 * secondMs)).rejects.toMatchObject({
    code: 'secret_unavailable',
  });
});
