import { describe, expect, test } from 'vitest';
import { limits } from '../../../lib/core/limits.ts';
import { sampleEndpoint, sampleSigningSecret } from '../../support/webhook-samples.ts';
import { now, service, url } from './service-scene.ts';

describe('X5 webhook endpoints', () => {
  test('an endpoint is made with defaults, and its secret is given once and kept sealed', async () => {
    const { create, find, list } = service();
    const { endpoint, signingSecret } = await create('acme', 'key:k1', { url });
    expect(signingSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(endpoint).toEqual({
      tenantId: 'acme',
      id: expect.stringMatching(/^[a-z0-9]{25}$/),
      url,
      events: ['export.completed', 'export.partially_completed', 'export.failed'],
      auth: { kind: 'none' },
      sealedSigningSecret: JSON.stringify(['acme', endpoint.id, 'signingSecret', signingSecret]),
      sealedConsentCode: expect.stringMatching(/"consentCode","[0-9a-z]{32}"\]$/),
      createdBy: 'key:k1',
      createdAt: now,
    });
    expect(await find('acme', endpoint.id)).toEqual(endpoint);
    expect(await list('acme')).toEqual([endpoint]);
  });

  test('a secret, events and authentication can be brought', async () => {
    const { create } = service();
    const basic = await create('acme', 'key:k1', {
      url,
      secret: sampleSigningSecret,
      events: ['export.started', 'export.started', 'export.deleted'],
      auth: { kind: 'basic', username: 'user', password: 'pass:word' },
    });
    expect(basic.signingSecret).toBe(sampleSigningSecret);
    expect(basic.endpoint).toMatchObject({
      events: ['export.started', 'export.deleted'],
      auth: { kind: 'basic', username: 'user' },
      sealedAuthSecret: JSON.stringify(['acme', basic.endpoint.id, 'authSecret', 'pass:word']),
    });
    const auth = { kind: 'lakeside', secret: 'x'.repeat(24) } as const;
    const lakeside = await create('acme', 'key:k1', { url, auth });
    expect(lakeside.endpoint).toMatchObject({
      auth: { kind: 'lakeside' },
      sealedAuthSecret: JSON.stringify(['acme', lakeside.endpoint.id, 'authSecret', auth.secret]),
    });
  });

  test('every mistake is reported at once, without the secrets in it', async () => {
    const { create, endpoints } = service();
    const input = {
      url,
      events: [],
      secret: 'whsec_c2hvcnQ=',
      auth: { kind: 'basic', username: 'a:b', password: 'bad\npassword' },
    } as const;
    const error = await create('acme', 'key:k1', input).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'invalid_body',
      mistakes: [
        { pointer: '/events' },
        { pointer: '/secret' },
        { pointer: '/auth/username' },
        { pointer: '/auth/password' },
      ],
    });
    expect(JSON.stringify(error)).not.toMatch(/c2hvcnQ|bad|a:b/);
    const auth = { kind: 'lakeside', secret: 'short' } as const;
    await expect(create('acme', 'key:k1', { url, auth })).rejects.toMatchObject({
      mistakes: [{ pointer: '/auth/secret' }],
    });
    expect(await endpoints.list('acme')).toEqual([]);
  });

  test.each(['blocked_destination', 'dns_failure'] as const)(
    'S18 an address that is a %s is refused when it is saved',
    async (trouble) => {
      const { create, endpoints, checked } = service(trouble);
      await expect(create('acme', 'key:k1', { url })).rejects.toMatchObject({
        code: 'webhook_url_refused',
        message: expect.stringContaining('The host name'),
      });
      expect(checked).toEqual([url]);
      expect(await endpoints.list('acme')).toEqual([]);
    },
  );

  test('S18 a refused URL is not even looked up', async () => {
    const { create, checked } = service();
    await expect(
      create('acme', 'key:k1', { url: 'https://169.254.169.254/' }),
    ).rejects.toMatchObject({ code: 'webhook_url_refused' });
    expect(checked).toEqual([]);
  });

  test('a tenant has at most as many as the limit says, also with calls at once', async () => {
    const { create, endpoints } = service();
    const room = 3;
    for (let index = room; index < limits.webhookEndpointsMax; index++) {
      await endpoints.insert(sampleEndpoint({ id: `e${index}` }));
    }
    await Promise.allSettled([1, 2, 3, 4, 5].map(() => create('acme', 'key:k1', { url })));
    const count = (await endpoints.list('acme')).length;
    expect(count).toBeLessThanOrEqual(limits.webhookEndpointsMax);
    for (let index = count; index < limits.webhookEndpointsMax; index++) {
      await create('acme', 'key:k1', { url });
    }
    await expect(create('acme', 'key:k1', { url })).rejects.toMatchObject({
      code: 'limit_reached',
    });
    expect(await endpoints.list('acme')).toHaveLength(limits.webhookEndpointsMax);
    expect((await create('other', 'key:k2', { url })).endpoint.tenantId).toBe('other');
  });

  test('the same Idempotency-Key makes one endpoint, and names it when it is asked again', async () => {
    const { create, list, world } = service();
    const { endpoint } = await create('acme', 'key:k1', { url }, 'once');
    await expect(create('acme', 'key:k1', { url }, 'once')).rejects.toMatchObject({
      code: 'already_created',
      createdId: endpoint.id,
    });
    const other = { url: 'https://other.example.com/' };
    await expect(create('acme', 'key:k1', other, 'once')).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    expect(await list('acme')).toEqual([endpoint]);
    world.nowMs += 1;
    await create('acme', 'key:k1', { url }, 'twice');
    expect(await list('acme')).toHaveLength(2);
  });

  test('a repetition names the last endpoint that there was room for', async () => {
    const { create, endpoints } = service();
    for (let index = 1; index < limits.webhookEndpointsMax; index++) {
      await endpoints.insert(sampleEndpoint({ id: `e${index}` }));
    }
    const { endpoint } = await create('acme', 'key:k1', { url }, 'last');
    await expect(create('acme', 'key:k1', { url }, 'last')).rejects.toMatchObject({
      code: 'already_created',
      createdId: endpoint.id,
    });
  });

  test('removing is for the owner only, and a foreign id answers like a missing one', async () => {
    const { create, remove, find } = service();
    const { endpoint } = await create('acme', 'key:k1', { url });
    const missing = { code: 'not_found', message: 'Not found.' };
    await expect(remove('other', endpoint.id)).rejects.toMatchObject(missing);
    await expect(remove('acme', 'none')).rejects.toMatchObject(missing);
    expect(await find('other', endpoint.id)).toBeUndefined();
    await remove('acme', endpoint.id);
    expect(await find('acme', endpoint.id)).toBeUndefined();
  });
});
