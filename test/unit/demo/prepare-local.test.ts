import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../../lib/config/config.ts';
import { secretSetting, settings } from '../../../lib/config/settings.ts';
import { requiredSecrets } from '../../../lib/core/own-secrets/own-secret.ts';
import { secretNames } from '../../../lib/core/secrets.ts';
import { createSigner } from '../../../lib/core/signing/signer.ts';
import { secretMakers } from '../../../lib/local-host/setup/new-secrets.ts';
import { prepareLocal } from '../../../lib/local-host/setup/prepare-local.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-setup-'));
  await writeFile(join(directory, 'local.settings.example.json'), JSON.stringify(example));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

test('a secret is made for each that Sluice needs, and for nothing else', () => {
  const needed = Object.values(secretNames).map(secretSetting);
  expect(Object.keys(secretMakers).sort()).toEqual(needed.sort());
});

test('what is written is a whole configuration with usable secrets, readable by its owner only', async () => {
  const made = await prepareLocal({ directory });
  expect(made.isNew).toBe(true);
  expect((await stat(made.file)).mode & 0o777).toBe(0o600);
  expect(await readSettings()).toEqual({ IsEncrypted: false, Values: made.values });

  const config = loadConfig(made.values);
  const secret = (name: string): string => config.secretSettings[secretSetting(name)] ?? '';
  expect(Buffer.from(secret(secretNames.masterKey), 'base64')).toHaveLength(32);
  expect(Buffer.from(secret(secretNames.keyPepper), 'base64')).toHaveLength(32);
  expect(secret(secretNames.operatorKey).length).toBeGreaterThanOrEqual(32);
  const signer = createSigner({
    get: async (name) => secret(name),
    find: async () => undefined,
  });
  const { keys } = await signer.publicKeys();
  expect(keys.map(({ crv, d }) => ({ crv, d }))).toEqual([{ crv: 'Ed25519', d: undefined }]);
  expect(await readdir(directory)).toEqual(['local.settings.example.json', 'local.settings.json']);
});

test('every secret made here is one that the app and its operator would call well-formed', async () => {
  const { values } = await prepareLocal({ directory });
  for (const secret of requiredSecrets)
    await secret.require(values[secretSetting(secret.name)] ?? '');
});

test('two machines never get the same secrets', async () => {
  const first = await prepareLocal({ directory });
  await rm(first.file);
  const second = await prepareLocal({ directory });
  for (const name of Object.keys(secretMakers)) {
    expect(second.values[name]).not.toBe(first.values[name]);
  }
});

test('a second time changes nothing, not even the file', async () => {
  const first = await prepareLocal({ directory });
  const { mtimeMs, ino } = await stat(first.file);
  const second = await prepareLocal({ directory });
  expect(second).toEqual({ ...first, isNew: false, added: [] });
  expect(await stat(first.file)).toMatchObject({ mtimeMs, ino });
});

test('what is there is kept: secrets, own values, unknown names, other sections', async () => {
  const own = {
    IsEncrypted: false,
    Values: { SLUICE_SECRET_SLUICE_MASTER_KEY: 'mine', SLUICE_REGION: 'moon', OTHER: '1' },
    Host: { LocalHttpPort: 7_072 },
  };
  const path = join(directory, 'local.settings.json');
  await writeFile(path, JSON.stringify(own));
  await chmod(path, 0o644);
  const { isNew, added, changed } = await prepareLocal({ directory });
  expect({ isNew, changed }).toEqual({ isNew: false, changed: [] });
  expect(added).toContain('SLUICE_SECRET_SLUICE_OPERATOR_KEY');
  expect(added).not.toContain('SLUICE_SECRET_SLUICE_MASTER_KEY');
  const written = await readSettings();
  expect(written).toMatchObject(own);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('an override changes a setting and is named; a secret cannot be overridden', async () => {
  await prepareLocal({ directory });
  const overrides = { SLUICE_PART_ROWS: '1000', SLUICE_REGION: 'local' };
  const result = await prepareLocal({ directory, overrides });
  expect(result.added).toEqual(['SLUICE_PART_ROWS']);
  expect(result.changed).toEqual([]);
  expect(await readSettings()).toMatchObject({ Values: overrides });
  const again = await prepareLocal({ directory, overrides: { SLUICE_PART_ROWS: '2000' } });
  expect(again.changed).toEqual(['SLUICE_PART_ROWS']);
  const secret = { SLUICE_SECRET_SLUICE_MASTER_KEY: 'x' };
  await expect(prepareLocal({ directory, overrides: secret })).rejects.toThrow('is a secret');
});

test.each([
  ['{"IsEncrypted": false,', 'local.settings.json:1:23: the text ends here, but a } is missing'],
  ['[]', 'must hold a JSON object'],
  ['{"IsEncrypted": true, "Values": {}}', 'is encrypted'],
  ['{"Values": {"SLUICE_PART_ROWS": 5}}', 'must be a text in quotes'],
])('a file that cannot be understood is left alone: %s', async (text, reason) => {
  const path = join(directory, 'local.settings.json');
  await writeFile(path, text);
  await expect(prepareLocal({ directory })).rejects.toThrow(reason);
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('without the example it says what is missing', async () => {
  await rm(join(directory, 'local.settings.example.json'));
  await expect(prepareLocal({ directory })).rejects.toThrow(
    'local.settings.example.json is missing',
  );
});

/** WEBSITE_HOSTNAME is the platform's, and so is every other name without the prefix. */
const ownSettings = settings.filter(({ name }) => name.startsWith('SLUICE_'));

/** An example made of the list of settings. */
const example = {
  IsEncrypted: false,
  Values: {
    FUNCTIONS_WORKER_RUNTIME: 'node',
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    ...Object.fromEntries(ownSettings.map(({ name, local }) => [name, local ?? ''])),
    ...Object.fromEntries(Object.keys(secretMakers).map((name) => [name, ''])),
  },
};

async function readSettings(): Promise<unknown> {
  return JSON.parse(await readFile(join(directory, 'local.settings.json'), 'utf8'));
}
