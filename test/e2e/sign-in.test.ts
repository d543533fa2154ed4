import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { meAnswer } from '../../lib/api/identity.ts';
import { tenantAnswer } from '../../lib/api/operator.ts';
import { startAzurite } from '../support/azurite.ts';
import { type IdentityProvider, startIdentityProvider } from '../support/identity-provider.ts';
import { Api, type Tenant } from './support/api.ts';
import { startHost } from './support/host.ts';
import { api } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

let provider: IdentityProvider;
beforeAll(async () => {
  provider = await startIdentityProvider();
});
afterAll(() => provider[Symbol.asyncDispose]());

const roles = {
  'sluice-owners': 'owner',
  'sluice-analysts': 'analyst',
  'sluice-auditors': 'auditor',
};

const issuerOf = ({ issuer, audience }: IdentityProvider) => ({
  issuer,
  audience,
  authorizedParties: ['portal'],
  roleClaim: 'groups',
  roles,
});

describe("a tenant's own identity provider", () => {
  let [alpha, beta]: (Tenant | undefined)[] = [];
  const tenant = (found: Tenant | undefined): Tenant => {
    if (found === undefined) throw new Error('The tenant was not made.');
    return found;
  };

  beforeAll(async () => {
    [alpha, beta] = [await api.tenant(sourceIds.alpha), await api.tenant(sourceIds.beta)];
    await setIssuers(alpha.id, [issuerOf(provider)]);
  });

  const setIssuers = (id: string, issuers: readonly object[]) =>
    api.call('PATCH', `v1/operator/tenants/${id}`, { key: api.operatorKey, json: { issuers } });

  /** The person as a caller: the token stands where a key would. */
  const person = async (account: string, groups: readonly string[]): Promise<Tenant> => {
    const { accessToken } = await provider.signIn(account, { groups });
    return { id: tenant(alpha).id, key: accessToken };
  };

  test('K10 an analyst starts an export and gets links; the key of the tenant sees the same', async () => {
    const ada = await person('ada', ['everybody', 'sluice-analysts']);
    const done = await api.run(ada, ['rows_1']);
    expect(done).toMatchObject({ status: 'ready', totals: { rows: 1 } });
    expect((await api.links(ada, done.id)).files).toHaveLength(1);
    expect((await api.export(tenant(alpha), done.id)).id).toBe(done.id);
  });

  test('S4 an auditor reads and starts nothing; a member does neither', async () => {
    const { id } = await api.run(tenant(alpha), ['rows_1']);
    const auditor = await person('audrey', ['sluice-auditors']);
    expect((await api.export(auditor, id)).id).toBe(id);
    const member = await person('max', ['everybody']);
    for (const { key } of [auditor, member]) {
      const json = { tables: [{ name: 'rows_1' }] };
      (await api.call('POST', 'v1/exports', { key, json })).problem(403, 'forbidden');
      (await api.call('DELETE', `v1/exports/${id}`, { key })).problem(403, 'forbidden');
      (await api.call('GET', 'v1/operator/tenants', { key })).problem(403, 'forbidden');
    }
    (await api.call('GET', 'v1/exports', { key: member.key })).problem(403, 'forbidden');
  });

  test('everybody is told who they are', async () => {
    const { key } = await person('max', []);
    const me = (await api.call('GET', 'v1/auth/me', { key })).as(meAnswer);
    expect(me).toEqual({
      kind: 'user',
      tenantId: tenant(alpha).id,
      userId: expect.stringMatching(/^[0-9a-z]{26}$/),
      role: 'member',
      scopes: ['me'],
      signedInAt: expect.stringMatching(/Z$/),
    });
    const own = await api.call('GET', 'v1/auth/me', { key: tenant(alpha).key });
    expect(own.as(meAnswer)).toMatchObject({ kind: 'key', tenantId: tenant(alpha).id });
  });

  test('K10 S15 it speaks for its tenant alone, and nobody else may claim it', async () => {
    const { id } = await api.run(tenant(beta), ['rows_1']);
    const { accessToken } = await provider.signIn('eve', {
      groups: ['sluice-owners'],
      tenantId: tenant(beta).id,
      tid: tenant(beta).id,
    });
    (await api.call('GET', `v1/exports/${id}`, { key: accessToken })).problem(404, 'not_found');
    const taken = await setIssuers(tenant(beta).id, [issuerOf(provider)]);
    taken.problem(409, 'already_exists');
  });

  test('S14 S15 whatever is wrong with a token, the answer is that to a wrong key', async () => {
    const { accessToken, idToken } = await provider.signIn('ada', { groups: ['sluice-owners'] });
    await using stranger = await startIdentityProvider();
    const foreign = await stranger.signIn('ada', { groups: ['sluice-owners'] });
    const [header = '', body = '', signature = ''] = accessToken.split('.');
    const unsigned = Buffer.from('{"alg":"none","kid":"k","typ":"at+jwt"}').toString('base64url');
    const wrong = {
      'an ID token': idToken,
      'an unknown issuer': foreign.accessToken,
      'no signature': `${unsigned}.${body}.`,
      'the algorithm none': `${unsigned}.${body}.${signature}`,
      'another signature': `${header}.${body}.${foreign.accessToken.split('.')[2]}`,
    };
    const headers = { 'x-request-id': 'same' };
    const expected = await api.call('GET', 'v1/auth/me', { key: 'wrong', headers });
    expected.problem(401, 'unauthenticated');
    for (const [what, key] of Object.entries(wrong)) {
      const got = await api.call('GET', 'v1/auth/me', { key, headers });
      expect({ what, status: got.status, text: got.text }).toEqual({
        what,
        status: 401,
        text: expected.text,
      });
    }
  });

  test('its users are out at once when the operator takes it away', async () => {
    const gone = await api.tenant(sourceIds.alpha);
    await using own = await startIdentityProvider();
    const made = await setIssuers(gone.id, [issuerOf(own)]);
    expect(made.as(tenantAnswer).issuers).toHaveLength(1);
    const { accessToken: key } = await own.signIn('ada');
    expect((await api.call('GET', 'v1/auth/me', { key })).status).toBe(200);
    await setIssuers(gone.id, []);
    (await api.call('GET', 'v1/auth/me', { key })).problem(401, 'unauthenticated');
  });
});

describe('an identity provider of the settings', () => {
  test('speaks for the tenants that its claim names, and no others', async () => {
    await using started = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'sluice-sign-in-'));
    started.defer(() => rm(folder, { recursive: true, force: true }));
    const { connectionString } = started.use(await startAzurite());
    const operatorKey = randomBytes(32).toString('base64url');
    const settings = {
      ...(await settingsOf(connectionString, operatorKey)),
      SLUICE_ISSUERS: JSON.stringify([{ ...issuerOf(provider), tenantClaim: 'org' }]),
      SLUICE_ISSUER_ALLOW_LOOPBACK: 'true',
    };
    const host = started.use(await startHost({ settings, folder }));
    const own = new Api(host.url, operatorKey);
    const [one, two] = [await own.tenant('one'), await own.tenant('two')];
    const me = async (org: unknown) => {
      const { accessToken } = await provider.signIn('ada', { org, groups: ['sluice-owners'] });
      return own.call('GET', 'v1/auth/me', { key: accessToken });
    };
    for (const { id } of [one, two]) {
      expect((await me(id)).as(meAnswer)).toMatchObject({ tenantId: id, role: 'owner' });
    }
    (await me('elsewhere')).problem(401, 'unauthenticated');
    (await me(undefined)).problem(401, 'unauthenticated');
    const taken = await own.call('PATCH', `v1/operator/tenants/${one.id}`, {
      key: operatorKey,
      json: { issuers: [issuerOf(provider)] },
    });
    taken.problem(409, 'already_exists');
  });
});

async function settingsOf(storage: string, operatorKey: string): Promise<Record<string, string>> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  return {
    AzureWebJobsStorage: storage,
    SLUICE_ENVIRONMENT: 'test',
    SLUICE_REGION: 'local',
    SLUICE_CATALOG: './lib/config/catalog.example.json',
    SLUICE_STATE_STORAGE: storage,
    SLUICE_EXPORT_STORAGE: storage,
    SLUICE_SECRET_SLUICE_MASTER_KEY: randomBytes(32).toString('base64'),
    SLUICE_SECRET_SLUICE_KEY_PEPPER: randomBytes(32).toString('base64'),
    SLUICE_SECRET_SLUICE_SIGNING_KEY: JSON.stringify({
      ...(await exportJWK(privateKey)),
      kid: 'e2e',
    }),
    SLUICE_SECRET_SLUICE_OPERATOR_KEY: operatorKey,
  };
}
