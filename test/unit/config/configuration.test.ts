import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfiguration } from '../../../functions/wire-config.ts';
import { settings } from '../../../lib/config/settings.ts';

const root = join(import.meta.dirname, '../../..');
const canary = 'CANARY-of-a-value';
const given = Object.fromEntries(
  settings.flatMap(({ name, local }) => (local === undefined ? [] : [[name, local]])),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-configuration-'));
  await writeFile(join(folder, 'no-table.json'), '{"sources":{},"tables":[{"name":"A B"}]}');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const wrongIn = (changes: Readonly<Record<string, string | undefined>>) => {
  const read = readConfiguration({ ...given, ...changes }, root);
  if (read.isValid) return 'valid';
  expect(JSON.stringify(read.mistakes)).not.toContain(canary);
  return read.mistakes;
};
const namesIn = (changes: Readonly<Record<string, string | undefined>>) => {
  const mistakes = wrongIn(changes);
  return mistakes === 'valid' ? [] : mistakes.map(({ setting }) => setting);
};

test('the local settings are valid', () => {
  expect(wrongIn({})).toBe('valid');
});

const account = `DefaultEndpointsProtocol=https;AccountName=vendor;AccountKey=${canary}`;

test.each([
  ['missing', { SLUICE_REGION: undefined }, ['SLUICE_REGION']],
  ['misspelt', { SLUICE_RETENTION_DAY: '3' }, ['SLUICE_RETENTION_DAY']],
  ['ill-formed', { SLUICE_KEY_VAULT_URL: `http://${canary}` }, ['SLUICE_KEY_VAULT_URL']],
  ['a stamp’s', { SLUICE_OTHER_STAMPS: '{"live":{}}' }, ['SLUICE_OTHER_STAMPS']],
  ['an account’s key', { SLUICE_STATE_STORAGE: account }, ['SLUICE_STATE_STORAGE']],
  ['a file that is not there', { SLUICE_WEBHOOK_CA_FILE: 'no.pem' }, ['SLUICE_WEBHOOK_CA_FILE']],
  ['no list of issuers', { SLUICE_ISSUERS: '[{}]' }, ['SLUICE_ISSUERS']],
  ['no catalog', { SLUICE_CATALOG: 'no.json' }, ['SLUICE_CATALOG']],
])('a setting that is %s is named, and its value is not', (_, changes, names) => {
  expect(new Set(namesIn(changes))).toEqual(new Set(names));
});

test('mistakes in the files and in the settings that name them are found together', () => {
  const names = namesIn({
    SLUICE_CATALOG: join(folder, 'no-table.json'),
    SLUICE_ISSUERS: '{}',
    SLUICE_STATE_STORAGE: account,
    SLUICE_EXPORT_STORAGE: account,
    SLUICE_WEBHOOK_CA_FILE: 'no.pem',
  });
  expect([...new Set(names)]).toEqual([
    'SLUICE_CATALOG',
    'SLUICE_ISSUERS',
    'SLUICE_STATE_STORAGE',
    'SLUICE_EXPORT_STORAGE',
    'SLUICE_WEBHOOK_CA_FILE',
  ]);
});

test('every mistake of the catalog is told with its place', () => {
  const mistakes = wrongIn({ SLUICE_CATALOG: join(folder, 'no-table.json') });
  expect(mistakes).toContainEqual({
    setting: 'SLUICE_CATALOG',
    text: expect.stringMatching(/^\/tables\/0\/name/),
  });
});
