import { ManagedIdentityCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTableStores } from '../../../lib/adapters/tables/table-stores.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { trustAuthority } from '../../support/certificates.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../support/identity-endpoint.ts';
import { newPrefix } from './fresh-stores.ts';
import { at, exportOf } from './samples.ts';

let azurite: Azurite;
let identity: IdentityEndpoint;
beforeAll(async () => {
  azurite = await startAzurite({ oauth: true });
  trustAuthority(azurite.certificates?.ca ?? '');
  identity = await startIdentityEndpoint();
  identity.install();
});
afterAll(async () => {
  await identity.stop();
  await azurite.stop();
});

describe('an identity', () => {
  test('signs in for storage and needs no key: rows are written, changed, listed and removed', async () => {
    const serviceUrl = azurite.tableUrl;
    const credential = new ManagedIdentityCredential();
    const account = { kind: 'identity', serviceUrl, credential } as const;
    const stores = createTableStores(account, { prefix: newPrefix() });
    await stores.ping();
    const record = exportOf();
    expect(await stores.exports.insert(record)).toBe(true);
    const { etag = '' } = (await stores.exports.find('acme', record.id)) ?? {};
    const changed = { ...record, startedAt: at(1) };
    await stores.exports.update(changed, etag);
    expect(await stores.exports.list('acme', {}, { limit: 5 })).toEqual({ items: [changed] });
    expect(identity.issued).toEqual(['https://storage.azure.com']);
  });

  test('is the only way in: the account key of any account but the emulator is refused', () => {
    const connectionString =
      'DefaultEndpointsProtocol=https;AccountName=real;AccountKey=AAAA;EndpointSuffix=core.windows.net';
    expect(() => createTableStores({ kind: 'emulator', connectionString })).toThrow(TypeError);
  });

  test.each(['1a', 'a-b', 'ä', 'x'.repeat(41)])('the prefix %j makes no table names', (prefix) => {
    const connectionString = 'UseDevelopmentStorage=true';
    expect(() => createTableStores({ kind: 'emulator', connectionString }, { prefix })).toThrow(
      TypeError,
    );
  });
});
