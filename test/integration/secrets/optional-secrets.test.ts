import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKeyVaultSecrets } from '../../../lib/adapters/secrets/key-vault-secrets.ts';
import { createSettingsSecrets } from '../../../lib/adapters/secrets/settings-secrets.ts';
import { type FakeVault, startFakeVault, trustedCertificate, vaultToken } from './fake-vault.ts';

const name = 'sluice-key-pepper-previous';
const credential = {
  getToken: async () => ({ token: vaultToken, expiresOnTimestamp: Date.now() + 3_600_000 }),
};

let certificate: Awaited<ReturnType<typeof trustedCertificate>>;
let vault: FakeVault;
beforeAll(async () => {
  certificate = await trustedCertificate();
});
beforeEach(async () => {
  vault = await startFakeVault(certificate);
});
afterEach(() => vault[Symbol.asyncDispose]());

describe('a secret that need not be there', () => {
  test('in Key Vault is undefined while it is missing, and found as soon as it is set', async () => {
    const secrets = createKeyVaultSecrets(vault.url, credential, () => new Date());
    expect(await secrets.find(name)).toBeUndefined();
    vault.set(name, 'value 1');
    expect(await secrets.find(name)).toBe('value 1');
  });

  test.each([403, 500])('that the vault answers with %i is not missing', async (status) => {
    const secrets = createKeyVaultSecrets(vault.url, credential, () => new Date());
    expect(await secrets.find(name)).toBeUndefined();
    vault.behave({ kind: 'status', status });
    await expect(secrets.find(name)).rejects.toMatchObject({ code: 'secret_unavailable' });
  });

  test('in settings is undefined when the setting is missing or empty', async () => {
    const secrets = createSettingsSecrets({
      SLUICE_SECRET_SLUICE_KEY_PEPPER_PREVIOUS: 'value 1',
      SLUICE_SECRET_EMPTY: '',
    });
    expect(await secrets.find(name)).toBe('value 1');
    expect(await secrets.find('empty')).toBeUndefined();
    expect(await secrets.find('other')).toBeUndefined();
    await expect(secrets.find('not a name')).rejects.toMatchObject({ code: 'secret_unavailable' });
  });
});
