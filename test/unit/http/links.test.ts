import { describe, expect, it } from 'vitest';
import { canaries, fakeWorld, ids } from './fake-services.ts';
import { client, type Sent } from './http-client.ts';

const issue = async (sent: Sent = {}) => {
  const world = fakeWorld();
  const got = await client(world)('POST', `v1/exports/${ids.ready}/links`, sent);
  return { ...got, order: world.calls[0]?.input, logs: world.logs };
};

describe('POST v1/exports/{id}/links', () => {
  it('L2 needs no body and answers links that no log line holds', async () => {
    const got = await issue();
    expect(got.status).toBe(201);
    expect(got.json).toEqual({
      linkId: 'l1',
      expiresAt: '2026-11-20T12:00:00.000Z',
      files: [
        {
          name: 'orders-00001.csv.gz',
          url: `https://store.example/orders-00001.csv.gz?${canaries.link}`,
          bytes: 70,
          sha256: 'e'.repeat(64),
          rows: 7,
        },
      ],
    });
    expect(got.order).toEqual({
      principal: expect.objectContaining({ tenantId: ids.tenant }),
      exportId: ids.ready,
    });
    expect(JSON.stringify(got.logs)).not.toContain(canaries.link);
  });

  it('L3 leaves a life that is too long to its own error', async () => {
    expect((await issue({ body: { minutes: 480 } })).status).toBe(201);
    const got = await issue({ body: { minutes: 481 } });
    expect([got.status, got.json['code']]).toEqual([400, 'link_lifetime_too_long']);
    for (const minutes of [0, -1, 1.5, '60', null]) {
      expect((await issue({ body: { minutes } })).json).toMatchObject({
        code: 'invalid_body',
        errors: [{ pointer: '/minutes' }],
      });
    }
  });

  it('binds to an address or a range in order, with a warning', async () => {
    for (const ip of ['203.0.113.9', '203.0.113.9-203.0.113.9', '9.0.0.1-10.0.0.0']) {
      const got = await issue({ body: { ip } });
      expect(got.status).toBe(201);
      expect(got.json['warning']).toContain('same Azure region');
      expect(got.order).toMatchObject({ ip });
    }
    const wrong = [
      '203.0.113',
      '203.0.113.256',
      '203.0.113.09',
      '10.0.0.2-10.0.0.1',
      '1.1.1.1-2.2.2.2-3.3.3.3',
      '1.1.1.1-',
      '-1.1.1.1',
      '2001:db8::1',
      '1.1.1.0/24',
      '',
    ];
    for (const ip of wrong) {
      const got = await issue({ body: { ip } });
      expect([ip, got.status, got.json['code']]).toEqual([ip, 400, 'invalid_body']);
    }
  });

  it('notes the address that the platform saw, not what the caller wrote before it', async () => {
    const seen = [
      ['203.0.113.9:51234', '203.0.113.9'],
      ['1.2.3.4, 203.0.113.9:51234', '203.0.113.9'],
      ['[2001:db8::7]:443', '2001:db8::7'],
      ['2001:db8::7', '2001:db8::7'],
      ['1.2.3.4, unknown', undefined],
      ['', undefined],
    ];
    for (const [header = '', callerAddress] of seen) {
      const got = await issue({ headers: { 'x-forwarded-for': header } });
      expect(got.order).toEqual({
        principal: expect.objectContaining({ tenantId: ids.tenant }),
        exportId: ids.ready,
        ...(callerAddress === undefined ? {} : { callerAddress }),
      });
    }
  });
});

describe('GET v1/exports/{id}/links', () => {
  it('shows the ledger, never a link', async () => {
    const got = await client()('GET', `v1/exports/${ids.ready}/links?limit=5`);
    expect(got.json).toEqual({
      items: [
        {
          linkId: 'l1',
          kind: 'file',
          files: ['orders-00001.csv.gz'],
          createdBy: 'key:owner',
          createdAt: '2026-11-20T12:00:00.000Z',
          expiresAt: '2026-11-20T12:00:00.000Z',
          callerAddress: '203.0.113.9',
        },
      ],
    });
  });
});

describe('L10 GET dataegress/geturl/{invocationId}', () => {
  it("answers in Lakeside's shape, for one hour unless told otherwise", async () => {
    const world = fakeWorld();
    const send = client(world);
    const got = await send('GET', `dataegress/geturl/${ids.ready}`);
    expect(got.status).toBe(200);
    expect(got.json).toEqual({
      baseUrl: 'https://store.example/exp-1/',
      sasToken: `?${canaries.link}`,
      files: ['orders-00001.csv.gz'],
    });
    await send('GET', `dataegress/geturl/${ids.ready}?expirationHours=8`);
    expect(world.calls).toMatchObject([{ input: { minutes: 60 } }, { input: { minutes: 480 } }]);
  });

  it('gives no more than eight hours and takes whole ones only', async () => {
    const codeFor = async (hours: string) =>
      (await client()('GET', `dataegress/geturl/${ids.ready}?expirationHours=${hours}`)).json[
        'code'
      ];
    expect(await codeFor('9')).toBe('link_lifetime_too_long');
    for (const hours of ['0', '-1', '1.5', '', 'one', '1e1']) {
      expect(await codeFor(hours)).toBe('invalid_query');
    }
  });
});
