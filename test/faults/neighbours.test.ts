import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditVerdictAnswer } from '../../lib/api/audit.ts';
import { Api, type Tenant } from '../e2e/support/api.ts';
import { type Backends, startBackends } from '../e2e/support/backends.ts';
import { type Host, startHost } from '../e2e/support/host.ts';
import { sourceIds } from '../e2e/support/vendor-database.ts';
import { type IdentityProvider, startIdentityProvider } from '../support/identity-provider.ts';
import { startTableProxy, type TableProxy } from '../support/table-proxy.ts';
import { waitFor } from '../support/wait-for.ts';

let folder: string;
let backends: Backends;
let proxy: TableProxy;
let provider: IdentityProvider;
let host: Host;
let api: Api;
let alpha: Tenant;
let exportId: string;

/** A host whose audit table and identity provider can go away while everything else answers. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-neighbours-'));
  backends = await startBackends(folder);
  proxy = await startTableProxy(backends.azurite.tableUrl);
  provider = await startIdentityProvider();
  provider.mood = 'error';
  const { issuer, audience } = provider;
  const issuers = [
    {
      issuer,
      audience,
      authorizedParties: ['portal'],
      tenantClaim: 'org',
      roleClaim: 'groups',
      roles: { owners: 'owner' },
    },
  ];
  const settings = {
    ...backends.settings,
    SLUICE_STATE_STORAGE: backends.azurite.connectionString.replace(
      backends.azurite.tableUrl,
      proxy.tableUrl,
    ),
    SLUICE_ISSUERS: JSON.stringify(issuers),
    SLUICE_ISSUER_ALLOW_LOOPBACK: 'true',
  };
  host = await startHost({ settings, folder });
  api = new Api(host.url, backends.operatorKey);
  alpha = await api.tenant(sourceIds.alpha);
  exportId = (await api.run(alpha, ['people'])).id;
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await backends[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('S37 while the audit table is away no act happens and no data is shown; then the service returns', async () => {
  const { key } = alpha;
  proxy.away = 'audit';
  const acts = await Promise.all([
    api.call('POST', 'v1/exports', { key, json: { tables: [{ name: 'people' }] } }),
    api.call('POST', `v1/exports/${exportId}/links`, { key, json: {} }),
    api.call('GET', `v1/exports/${exportId}/manifest`, { key }),
    api.call('DELETE', `v1/exports/${exportId}`, { key }),
    api.call('POST', 'v1/operator/tenants', { key: api.operatorKey, json: { name: 'x' } }),
  ]);
  proxy.away = undefined;
  for (const answer of acts) {
    answer.problem(503, 'audit_unavailable');
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  }
  await waitFor(
    'the service',
    async () => {
      const answer = await api.call('POST', `v1/exports/${exportId}/links`, { key, json: {} });
      return answer.status === 201 ? true : undefined;
    },
    30_000,
  );
  // Nothing of what was refused has happened.
  const listed = await api.call('GET', 'v1/exports', { key });
  expect(JSON.parse(listed.text)).toMatchObject({ items: [{ id: exportId, status: 'ready' }] });
  const verdict = (await api.call('GET', 'v1/audit/verify', { key })).as(auditVerdictAnswer);
  expect(verdict).toMatchObject({ ok: true });
});

test('S15 S37 while the identity provider is away people are refused and keys still work; then people return', async () => {
  const ask = (key: string) => api.call('GET', `v1/exports/${exportId}`, { key });
  provider.mood = 'well';
  const { accessToken } = await provider.signIn('ada', { org: alpha.id, groups: ['owners'] });
  provider.mood = 'error';
  const refused = await ask(accessToken);
  refused.problem(503, 'identity_unavailable');
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(refused.text).not.toContain(new URL(provider.issuer).host);
  expect((await ask(alpha.key)).status).toBe(200);
  provider.mood = 'well';
  await waitFor(
    'the person to get in again',
    async () => ((await ask(accessToken)).status === 200 ? true : undefined),
    30_000,
  );
});
