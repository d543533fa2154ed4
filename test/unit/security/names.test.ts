import { describe, expect, test } from 'vitest';
import { createEmulatorLinkSigner } from '../../../lib/adapters/blobs/emulator-link-signer.ts';
import { createExportBody } from '../../../lib/api/exports.ts';
import { createTenantBody } from '../../../lib/api/operator.ts';
import { parseCatalog } from '../../../lib/config/load-catalog.ts';
import { azuriteKey } from '../../support/azurite.ts';

/** What breaks whatever makes a path, a URL, a header or a shell word of a name. */
const nasty = [
  '',
  '.',
  '..',
  '../../etc/passwd',
  '..\\..\\windows',
  'a/b',
  'a\\b',
  'C:evil',
  '.hidden',
  '-rf',
  'a b',
  'a.',
  'a ',
  'a\u0000b',
  'a\nb',
  'a"b',
  "a'b",
  'a;drop table x',
  'a%2Fb',
  '%2e%2e',
  'a?b',
  'a#b',
  '$(id)',
  '\u202Egnp.exe',
  'ﬁle',
  'Ａ',
  'İ',
  '🙂',
  'A',
  '__proto__',
  'a'.repeat(65),
];

const catalogWith = (name: string) =>
  JSON.stringify({
    sources: { app: { kind: 'sqlite', file: 'a.db' } },
    tables: [{ name, source: 'app', from: 'orders', tenant: { column: 't' } }],
  });

describe('S31 a name that becomes part of a path', () => {
  test('of a table is refused in the catalog when it is more than letters, digits, dash and underscore', () => {
    for (const name of nasty) {
      expect([name, outcome(() => parseCatalog(catalogWith(name), 'catalog.json'))]).toEqual([
        name,
        'refused',
      ]);
    }
    // Not a device of Windows: the file is called con-00001.csv.
    for (const name of ['orders', 'app_usage', 'a-1', 'con', 'a'.repeat(64)]) {
      expect(outcome(() => parseCatalog(catalogWith(name), 'catalog.json'))).toBe('taken');
    }
  });

  test('names that differ in their case only cannot both be there', () => {
    expect(outcome(() => parseCatalog(catalogWith('Orders'), 'catalog.json'))).toBe('refused');
  });

  test('of a table or tenant is refused in a request', () => {
    const tables = (name: string) => createExportBody.safeParse({ tables: [{ name }] }).success;
    const tenant = (id: string) => createTenantBody.safeParse({ id, name: 'x' }).success;
    const harmless = (name: string) => /^[a-z0-9_-]{1,64}$/.test(name);
    expect(nasty.filter((name) => tables(name) && !harmless(name))).toEqual([]);
    expect(nasty.filter(tenant)).toEqual([]);
    expect([tables('orders'), tenant('acme-1')]).toEqual([true, true]);
  });

  test('of a file is never signed when no export could hold it', async () => {
    const blobs = 'http://127.0.0.1:10000/devstoreaccount1';
    const signer = createEmulatorLinkSigner(
      `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${azuriteKey};BlobEndpoint=${blobs};`,
    );
    const window = { from: new Date(0), until: new Date(1_000) };
    for (const name of nasty.filter((text) => !/^[a-z0-9._-]+$/.test(text))) {
      await expect(signer.signFile('0export', name, window)).rejects.toThrow(TypeError);
    }
    expect(await signer.signFile('0export', 'orders-00001.csv.gz', window)).toContain(
      '/exp-0export/orders-00001.csv.gz?',
    );
  });
});

function outcome(act: () => unknown): 'taken' | 'refused' {
  try {
    act();
    return 'taken';
  } catch (error) {
    if (error instanceof Error && error.name === 'ConfigError') return 'refused';
    throw error;
  }
}
