import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSettingsSecrets } from '../../../lib/adapters/secrets/settings-secrets.ts';
import { createTableStores } from '../../../lib/adapters/tables/table-stores.ts';
import { createTenant } from '../../../lib/core/tenants/create-tenant.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { trustAuthority } from '../../support/certificates.ts';
import { startIdentityEndpoint } from '../../support/identity-endpoint.ts';
import { type FakeVault, startFakeVault, vaultToken } from '../secrets/fake-vault.ts';

const program = join(import.meta.dirname, '../../../functions/commands/rotate-master-key.ts');
const [first, second] = [1, 2].map(() => randomBytes(32).toString('base64'));

let azurite: Azurite;
let vault: FakeVault;
let tokens: Server;
let env: Record<string, string>;

beforeAll(async () => {
  azurite = await startAzurite({ oauth: true, inMemory: true });
  if (azurite.certificates === undefined) throw new TypeError('Azurite has no certificates.');
  trustAuthority(azurite.certificates.ca);
  vault = await startFakeVault(azurite.certificates);
  tokens = await startTokens();
  env = {
    PATH: process.env['PATH'] ?? '',
    NODE_EXTRA_CA_CERTS: azurite.caFile ?? '',
    IDENTITY_ENDPOINT: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/msi/token`,
    IDENTITY_HEADER: 'of this test',
  };
});

afterAll(async () => {
  tokens.close();
  await vault[Symbol.asyncDispose]();
  await azurite.stop();
});

/** One sign-in for both services: each is given the kind of token that it takes. */
async function startTokens(): Promise<Server> {
  const storage = await startIdentityEndpoint();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', storage.settings.IDENTITY_ENDPOINT);
    const headers = { 'x-identity-header': storage.settings.IDENTITY_HEADER };
    const answer = (await (await fetch(url, { headers })).json()) as object;
    const forVault = url.searchParams.get('resource')?.includes('vault') === true;
    const token = forVault ? { ...answer, access_token: vaultToken } : answer;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  }).listen(0, '127.0.0.1');
  server.on('close', () => void storage.stop());
  await once(server, 'listening');
  return server;
}

const rotate = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [program, ...args], { env });

test('npm run rotate-master-key works on a stamp with its two addresses and a sign-in', async () => {
  const { tenants } = createTableStores({
    kind: 'emulator',
    connectionString: azurite.connectionString,
  });
  const secrets = createSettingsSecrets({ SLUICE_SECRET_SLUICE_MASTER_KEY: first ?? '' });
  const deps = { tenants, secrets, clock: () => new Date(), region: 'local' };
  await createTenant(deps, { name: 'Acme', sourceId: '1' });
  vault.set('sluice-master-key', second ?? '');
  vault.set('sluice-master-key-previous', first ?? '');
  const stamp = ['--vault', vault.url, '--state', `${azurite.tableUrl}/`];
  expect((await rotate(...stamp)).stdout).toContain('1 tenants, 1 wrapped anew, 0 failed.');
  const again = await rotate(...stamp);
  expect(again.stdout).toContain('sluice-master-key-previous may be removed.');
});

test('one address without the other is refused before anything is asked', async () => {
  const readsBefore = vault.reads();
  await expect(rotate('--vault', vault.url)).rejects.toMatchObject({
    stderr: expect.stringContaining('--vault and --state belong together'),
  });
  expect(vault.reads()).toBe(readsBefore);
});
