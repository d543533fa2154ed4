import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { meAnswer } from '../../lib/api/identity.ts';
import {
  type KeyAnswer,
  keyCreatedAnswer,
  keyListAnswer,
  keyRotatedAnswer,
} from '../../lib/api/keys.ts';
import { problemAnswer } from '../../lib/api/problem.ts';
import { startAzurite } from '../support/azurite.ts';
import { type IdentityProvider, startIdentityProvider } from '../support/identity-provider.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Answer, Api, type Tenant } from './support/api.ts';
import { startHost } from './support/host.ts';
import { api } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

let provider: IdentityProvider;
let alpha: Tenant;
let beta: Tenant;

beforeAll(async () => {
  provider = await startIdentityProvider();
  [alpha, beta] = [await api.tenant(sourceIds.alpha), await api.tenant(sourceIds.beta)];
  const { issuer, audience } = provider;
  const roles = { owners: 'owner', admins: 'admin' };
  const rules = { issuer, audience, authorizedParties: ['portal'], roleClaim: 'groups', roles };
  const made = await api.call('PATCH', `v1/operator/tenants/${alpha.id}`, {
    key: api.operatorKey,
    json: { issuers: [rules] },
  });
  expect(made.status).toBe(200);
});
afterAll(() => provider[Symbol.asyncDispose]());

/** The token of a person of the tenant alpha. */
const person = async (group: string) =>
  (await provider.signIn(`one-of-${group}`, { groups: [group] })).accessToken;

const listOf = async (key: string): Promise<readonly KeyAnswer[]> =>
  (await api.call('GET', 'v1/keys', { key })).as(keyListAnswer).items;

const tryKey = (key: string, address = '203.0.113.7') =>
  api.call('GET', 'v1/exports', { key, headers: { 'x-forwarded-for': address } });

describe('L8 the life of a key', () => {
  test('a person makes it, it works, its use is seen, and it ends at once when it is revoked', async () => {
    const owner = await person('owners');
    const wish = { name: 'nightly pull', scopes: ['exports:read'], expiresInDays: 30 };
    const made = await api.call('POST', 'v1/keys', { key: owner, json: wish });
    expect(made.status).toBe(201);
    const { key, tenantId, ...shown } = made.as(keyCreatedAnswer);
    expect({ tenantId, shown }).toMatchObject({
      tenantId: alpha.id,
      shown: { name: 'nightly pull', scopes: ['exports:read'] },
    });
    expect(shown.createdBy).toMatch(/^user:[0-9a-z]{26}$/);
    expect(Date.parse(shown.expiresAt) - Date.parse(shown.createdAt)).toBe(30 * 86_400_000);
    expect((await tryKey(key)).status).toBe(200);
    const listed = await waitFor(
      'the last use',
      async () => (await listOf(owner)).find(({ id, lastUsedAt }) => id === shown.id && lastUsedAt),
      10_000,
    );
    const { lastUsedAt, lastUsedAddressPrefix, ...rest } = listed;
    expect(rest).toEqual(shown);
    // By the minute, and not before it was made.
    expect([`${lastUsedAt?.slice(0, 16)}:00.000Z`, shown.createdAt]).toContain(lastUsedAt);
    expect(Date.parse(lastUsedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(shown.createdAt));
    expect(lastUsedAddressPrefix).toBe('203.0.113.0/24');
    for (const again of ['the first time', 'the second time']) {
      const revoked = await api.call('DELETE', `v1/keys/${shown.id}`, { key: owner });
      expect([again, revoked.status]).toEqual([again, 204]);
    }
    (await tryKey(key)).problem(401, 'unauthenticated');
    const ended = (await listOf(owner)).find(({ id }) => id === shown.id);
    expect(ended?.revokedAt).toMatch(/Z$/);
  });

  test('S8 no list and no later answer holds the key', async () => {
    const { key, id } = await api.key(alpha.id, { name: 'secret' });
    const answer = await api.call('GET', 'v1/keys', { key });
    expect(answer.text).toContain(id);
    expect(answer.text).not.toContain(key.slice(-49));
    expect(answer.text).not.toMatch(/hash|pepper/i);
  });

  test('rotated, both work until the old one is over, with the same rights', async () => {
    const owner = await person('owners');
    const old = await api.key(alpha.id, { name: 'turning', scopes: ['exports:read'] });
    const rotate = (id: string, json: object) =>
      api.call('POST', `v1/keys/${id}/rotate`, { key: owner, json });
    const first = (await rotate(old.id, {})).as(keyRotatedAnswer);
    expect(first).toMatchObject({ name: 'turning', scopes: ['exports:read'], rotatedFrom: old.id });
    const overlapMs = Date.parse(first.replaces.expiresAt) - Date.parse(first.createdAt);
    expect(Math.abs(overlapMs - 86_400_000)).toBeLessThan(60_000);
    for (const { key } of [old, first]) expect((await tryKey(key)).status).toBe(200);
    for (const id of [old.id, first.id]) (await rotate(id, {})).problem(409, 'invalid_state');
    await api.call('DELETE', `v1/keys/${old.id}`, { key: owner });
    const second = (await rotate(first.id, { overlapHours: 0 })).as(keyRotatedAnswer);
    (await tryKey(first.key)).problem(401, 'unauthenticated');
    expect((await tryKey(second.key)).status).toBe(200);
  });

  test('S4 a key makes and rotates no keys, and no person gives more than they have', async () => {
    const { id } = (await listOf(alpha.key))[0] ?? { id: '' };
    for (const path of ['v1/keys', `v1/keys/${id}/rotate`]) {
      const json = path === 'v1/keys' ? { name: 'child' } : {};
      const refused = await api.call('POST', path, { key: alpha.key, json });
      expect(refused.problem(403, 'forbidden').detail).toContain('A key cannot make');
    }
    const admin = await person('admins');
    const wide = { name: 'wide', scopes: ['tenant:write'] };
    (await api.call('POST', 'v1/keys', { key: admin, json: wide })).problem(403, 'forbidden');
    const { id: ownerKey } = await api.key(alpha.id, { name: 'all' });
    const rotation = await api.call('POST', `v1/keys/${ownerKey}/rotate`, { key: admin, json: {} });
    rotation.problem(403, 'forbidden');
    const revoking = await api.call('DELETE', `v1/keys/${ownerKey}`, { key: admin });
    revoking.problem(403, 'forbidden');
    expect((await listOf(admin)).map((listed) => listed.id)).not.toContain(ownerKey);
    expect((await listOf(alpha.key)).map((listed) => listed.id)).toContain(ownerKey);
  });

  test('S16 a sign-in of six minutes ago makes and rotates no key, and says what to do', async () => {
    const { id } = await api.key(alpha.id, { name: 'kept' });
    const auth_time = Math.floor(Date.now() / 1000) - 360;
    const { accessToken } = await provider.signIn('one-of-owners', {
      groups: ['owners'],
      auth_time,
    });
    for (const path of ['v1/keys', `v1/keys/${id}/rotate`]) {
      const json = path === 'v1/keys' ? { name: 'late' } : {};
      const refused = await api.call('POST', path, { key: accessToken, json });
      refused.problem(401, 'fresh_sign_in_needed');
      const challenge = refused.headers.get('www-authenticate');
      expect(challenge).toContain('error="insufficient_user_authentication"');
      expect(challenge).toContain('max_age="300"');
    }
    expect((await listOf(accessToken)).map(({ name }) => name)).not.toContain('late');
  });

  test('a nightly program replaces its own key, and only its own, within what was allowed', async () => {
    const wish = { name: 'nightly', scopes: ['exports:read'], expiresInDays: 7 };
    const made = await api.call('POST', 'v1/keys', {
      key: await person('owners'),
      json: { ...wish, renewableForDays: 30 },
    });
    const first = made.as(keyCreatedAnswer);
    const me = (await api.call('GET', 'v1/auth/me', { key: first.key })).as(meAnswer);
    expect(me).toMatchObject({
      keyId: first.id,
      expiresAt: first.expiresAt,
      renewableUntil: first.renewableUntil,
    });
    const path = `v1/keys/${first.id}/rotate`;
    const second = (await api.call('POST', path, { key: first.key })).as(keyRotatedAnswer);
    expect(second).toMatchObject({
      scopes: ['exports:read'],
      createdBy: `key:${first.id}`,
      renewableUntil: first.renewableUntil,
    });
    expect((await tryKey(second.key)).status).toBe(200);
    const other = await api.call('POST', path, { key: second.key });
    other.problem(403, 'forbidden');
  });

  test("S2 another tenant's key is a missing one", async () => {
    const { id, key } = await api.key(alpha.id, { name: 'ours' });
    const ask = (keyId: string) => api.call('DELETE', `v1/keys/${keyId}`, { key: beta.key });
    const [foreign, missing] = [await ask(id), await ask('0'.repeat(12))];
    foreign.problem(404, 'not_found');
    expect(comparable(foreign)).toEqual(comparable(missing));
    expect((await tryKey(key)).status).toBe(200);
    expect((await listOf(beta.key)).map((listed) => listed.id)).not.toContain(id);
  });

  test('S12 in a URL it is refused and flagged', async () => {
    const { key, id } = await api.key(alpha.id, { name: 'careless' });
    (await api.call('GET', `v1/no/such/path?x=${key}`)).problem(400, 'key_in_url');
    const flagged = (await listOf(alpha.key)).find((listed) => listed.id === id);
    expect(flagged?.exposedAt).toMatch(/Z$/);
  });
});

describe('S13 wrong credentials', () => {
  test('unknown, wrong, revoked and far-off keys get the very same answer', async () => {
    const bound = await api.key(alpha.id, { name: 'b', allowedAddresses: ['192.0.2.0/24'] });
    const revoked = await api.key(alpha.id, { name: 'r' });
    await api.call('DELETE', `v1/keys/${revoked.id}`, { key: alpha.key });
    expect((await tryKey(bound.key, '192.0.2.9')).status).toBe(200);
    const answers = await Promise.all(
      [bound.key, revoked.key, 'nonsense', 'a.b.c'].map((key) => tryKey(key, '198.51.100.1')),
    );
    for (const answer of answers) {
      answer.problem(401, 'unauthenticated');
      expect(comparable(answer)).toEqual(comparable(answers[0] ?? answer));
    }
  });

  test('100 in a minute are throttled, while good keys go on, here and elsewhere', async () => {
    const address = '198.18.7.1';
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 100; attempt++) {
      statuses.push((await tryKey(`wrong-${attempt}`, address)).status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(80);
    const refused = await tryKey('wrong', address);
    refused.problem(429, 'too_many_requests');
    expect(refused.headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/);
    expect(refused.headers.get('ratelimit-policy')).toBe('"failed-authentications";q=10;w=60');
    expect((await tryKey(alpha.key, address)).status).toBe(200);
    expect((await tryKey(alpha.key, '198.18.8.1')).status).toBe(200);
    (await tryKey('wrong', '198.18.8.1')).problem(401, 'unauthenticated');
  });
});

test('S11 a key revoked through one host is refused by the other at once', async () => {
  await using started = new AsyncDisposableStack();
  const { connectionString } = started.use(await startAzurite());
  const operatorKey = randomBytes(32).toString('base64url');
  const settings = await settingsOf(connectionString, operatorKey);
  const apis: Api[] = [];
  for (const name of ['one', 'other']) {
    const folder = await mkdtemp(join(tmpdir(), `sluice-keys-${name}-`));
    started.defer(() => rm(folder, { recursive: true, force: true }));
    apis.push(new Api(started.use(await startHost({ settings, folder })).url, operatorKey));
  }
  const [one, other] = apis;
  if (one === undefined || other === undefined) throw new Error('The hosts did not start.');
  const tenant = await one.tenant('t');
  const { key, id } = await one.key(tenant.id, { name: 'k', scopes: ['exports:read'] });
  for (const host of [one, other]) {
    expect((await host.call('GET', 'v1/exports', { key })).status).toBe(200);
  }
  expect((await one.call('DELETE', `v1/keys/${id}`, { key: tenant.key })).status).toBe(204);
  (await other.call('GET', 'v1/exports', { key })).problem(401, 'unauthenticated');
});

/** Everything but what differs with every call. */
function comparable(answer: Answer): object {
  const { requestId, ...body } = answer.as(problemAnswer);
  const headers = [...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  return { status: answer.status, body, headers, length: requestId.length };
}

async function settingsOf(storage: string, operatorKey: string): Promise<Record<string, string>> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const random = () => randomBytes(32).toString('base64');
  return {
    AzureWebJobsStorage: storage,
    SLUICE_ENVIRONMENT: 'test',
    SLUICE_REGION: 'local',
    SLUICE_CATALOG: './lib/config/catalog.example.json',
    SLUICE_STATE_STORAGE: storage,
    SLUICE_EXPORT_STORAGE: storage,
    SLUICE_SECRET_SLUICE_MASTER_KEY: random(),
    SLUICE_SECRET_SLUICE_KEY_PEPPER: random(),
    SLUICE_SECRET_SLUICE_SIGNING_KEY: JSON.stringify({
      ...(await exportJWK(privateKey)),
      kid: 'e2e',
    }),
    SLUICE_SECRET_SLUICE_OPERATOR_KEY: operatorKey,
  };
}
