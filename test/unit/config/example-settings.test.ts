import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../../lib/config/config.ts';
import { secretSetting, settings } from '../../../lib/config/settings.ts';
import { secretNames } from '../../../lib/core/secrets.ts';

const root = join(import.meta.dirname, '../../..');
const file = z.strictObject({
  IsEncrypted: z.literal(false),
  Values: z.record(z.string(), z.string()),
});
const { Values: example } = file.parse(
  JSON.parse(readFileSync(join(root, 'local.settings.example.json'), 'utf8')),
);

test('the example holds every setting of Sluice and every secret by name, and no other', () => {
  const ours = settings.map(({ name }) => name).filter((name) => name.startsWith('SLUICE_'));
  const needed = [
    secretNames.masterKey,
    secretNames.keyPepper,
    secretNames.signingKey,
    secretNames.operatorKey,
  ];
  const hosts = ['FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage'];
  expect(Object.keys(example).sort()).toEqual(
    [...hosts, ...ours, ...needed.map(secretSetting)].sort(),
  );
});

test('each value is the local one, or the default, or empty; secrets are empty', () => {
  for (const { name, local, fallback } of settings) {
    if (name in example) expect([name, example[name]]).toEqual([name, local ?? fallback ?? '']);
  }
  for (const name of Object.values(secretNames)) {
    if (secretSetting(name) in example) expect(example[secretSetting(name)]).toBe('');
  }
});

test('an app started with the example as it is has no mistakes in its settings', () => {
  expect(() => loadConfig(example)).not.toThrow();
});
