import { describe, expect, it } from 'vitest';
import { ownerScopes } from '../../../lib/core/principal.ts';
import { credentials, fakeWorld, ids } from './fake-services.ts';
import { client } from './http-client.ts';

const shown = {
  id: ids.tenant,
  name: 'Acme',
  region: 'westeurope',
  sourceId: 'acme-7',
  createdAt: '2026-11-20T12:00:00.000Z',
};

const asOperator = (method: string, path: string, body?: unknown) => {
  const world = fakeWorld();
  const sent = { credential: credentials.operator, ...(body === undefined ? {} : { body }) };
  return client(world)(method, path, sent).then((got) => ({ ...got, calls: world.calls }));
};

describe('the operator', () => {
  it('makes a tenant', async () => {
    const wish = {
      id: 'umbrella',
      name: 'Umbrella',
      sourceId: '7',
      contact: 'it@umbrella.example',
    };
    const got = await asOperator('POST', 'v1/operator/tenants', wish);
    expect(got.status).toBe(201);
    expect(got.headers.get('location')).toBe('/api/v1/operator/tenants/umbrella');
    expect(got.json).toEqual({ ...shown, ...wish });
    expect(got.calls).toEqual([{ name: 'tenants.create', input: wish }]);
  });

  it('hears of every mistake in a tenant', async () => {
    const wish = {
      id: '-Bad',
      name: '',
      sourceId: 'x'.repeat(201),
      contact: 'nobody',
      region: 'eu',
    };
    const got = await asOperator('POST', 'v1/operator/tenants', wish);
    expect(got.json['errors']).toMatchObject(
      ['/id', '/name', '/sourceId', '/contact', '/region'].map((pointer) => ({ pointer })),
    );
  });

  it('lists and reads tenants without their data keys', async () => {
    expect((await asOperator('GET', 'v1/operator/tenants?limit=7')).json).toEqual({
      items: [shown],
    });
    expect((await asOperator('GET', 'v1/operator/tenants/acme')).json).toEqual(shown);
    expect((await asOperator('GET', 'v1/operator/tenants/nobody')).status).toBe(404);
  });

  it('makes a key that is shown once and may do everything but his own work', async () => {
    const got = await asOperator('POST', 'v1/operator/tenants/acme/keys', { name: 'first' });
    expect(got.status).toBe(201);
    expect(got.json).toEqual({
      id: 'newkey000000',
      key: expect.stringMatching(/^slc_test_newkey000000_/),
      tenantId: 'acme',
      name: 'first',
      scopes: ownerScopes,
      createdBy: 'operator',
      createdAt: '2026-11-20T12:00:00.000Z',
      expiresAt: '2027-02-18T12:00:00.000Z',
    });
  });

  it('chooses what a key may do and for how long, never the operator scope', async () => {
    const path = 'v1/operator/tenants/acme/keys';
    const wish = { name: 'reader', scopes: ['exports:read'], expiresInDays: 365 };
    expect((await asOperator('POST', path, wish)).calls).toEqual([
      { name: 'keys.create', input: { maker: 'operator', wish: { tenantId: 'acme', ...wish } } },
    ]);
    const wrong = { name: 'x', scopes: ['exports:read', 'operator'], expiresInDays: 366 };
    expect((await asOperator('POST', path, wrong)).json['errors']).toMatchObject([
      { pointer: '/scopes/1' },
      { pointer: '/expiresInDays' },
    ]);
  });
});
