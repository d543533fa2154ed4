import { describe, expect, test } from 'vitest';
import { createSettingsSecrets } from '../../../lib/adapters/secrets/settings-secrets.ts';

describe('secrets in settings', () => {
  const secrets = createSettingsSecrets({
    SLUICE_SECRET_PG_APP: 'postgres://x',
    SLUICE_SECRET_EMPTY: '',
    OTHER: 'not a secret',
  });

  test('are found by their own name', async () => {
    expect(await secrets.get('pg-app')).toBe('postgres://x');
    expect(await secrets.get('PG-App')).toBe('postgres://x');
  });

  test.each([
    ['sluice-master-key', 'SLUICE_SECRET_SLUICE_MASTER_KEY'],
    ['empty', 'SLUICE_SECRET_EMPTY'],
    ['constructor', 'SLUICE_SECRET_CONSTRUCTOR'],
  ])('%s is missing: the error says which setting to set', async (name, setting) => {
    await expect(secrets.get(name)).rejects.toMatchObject({
      code: 'secret_unavailable',
      message: 'A secret cannot be read.',
      internal: `The secret ${name} is missing: set ${setting}.`,
    });
  });

  test.each(['', 'a_b', 'a b', '__proto__'])('%j is no name of a secret', async (name) => {
    await expect(secrets.get(name)).rejects.toMatchObject({
      code: 'secret_unavailable',
      internal: expect.stringContaining('is no name of a secret'),
    });
  });
});
