import { describe, expect, it } from 'vitest';
import type { LinkRecord } from '../../../lib/core/links/link-record.ts';
import { tokenOf } from './fake-keys.ts';
import { canaries, credentials, fakeWorld, ids } from './fake-services.ts';
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
      afterExpiry: expect.stringMatching(/403 in XML.*new links.*Range/),
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
          fileCount: 1,
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

describe('GET v1/exports/{id}/links of many files', () => {
  const names = Array.from({ length: 101 }, (_, index) => `t-${index}.csv`);
  const ledger = async (query: string, link: Partial<LinkRecord>) => {
    const { services } = fakeWorld();
    const list: typeof services.links.list = async (...asked) => ({
      items: (await services.links.list(...asked)).items.map((item) => ({ ...item, ...link })),
    });
    const world = fakeWorld({ links: { ...services.links, list } });
    const got = await client(world)('GET', `v1/exports/${ids.ready}/links${query}`);
    return (got.json['items'] as Record<string, unknown>[])[0];
  };

  it('shows the first hundred in a list, and all of them for one link', async () => {
    const fileCount = names.length;
    const listed = await ledger('', { names, fileCount });
    expect(listed).toMatchObject({ fileCount, files: names.slice(0, 100) });
    const one = await ledger('?link=l1', { names, fileCount });
    expect(one).toMatchObject({ fileCount, files: names });
  });

  it('needs no names for a link to everything', async () => {
    const { services } = fakeWorld();
    const { items } = await services.links.list({ tenantId: ids.tenant, scopes: [] }, ids.ready, {
      limit: 1,
    });
    const { names: _, ...whole } = items[0] as LinkRecord;
    const list = async () => ({ items: [{ ...whole, fileCount: 9000 }] });
    const world = fakeWorld({ links: { ...services.links, list } });
    const got = await client(world)('GET', `v1/exports/${ids.ready}/links`);
    const [item] = got.json['items'] as Record<string, unknown>[];
    expect(item).toMatchObject({ fileCount: 9000 });
    expect(item).not.toHaveProperty('files');
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

describe('S32 links are counted by key', () => {
  const paths = [
    ['POST', `v1/exports/${ids.ready}/links`],
    ['GET', `dataegress/geturl/${ids.ready}`],
  ] as const;

  it('S35 60 a minute, whichever route; then 429 with the time to wait, and nothing is done', async () => {
    const world = fakeWorld();
    const send = client(world);
    for (let left = 59; left >= 0; left--) {
      const [method, path] = paths[left % 2] ?? paths[0];
      const got = await send(method, path);
      expect(got.status).toBeLessThan(300);
      expect(got.headers.get('ratelimit')).toBe(`"links";r=${left};t=60`);
      expect(got.headers.get('ratelimit-policy')).toBe('"links";q=60;w=60');
    }
    const done = world.calls.length;
    const logged = world.events.length;
    for (const [method, path] of paths) {
      const got = await send(method, path);
      expect([got.status, got.json['code']]).toEqual([429, 'too_many_requests']);
      expect(got.headers.get('retry-after')).toBe('60');
      expect(got.headers.get('ratelimit')).toBe('"links";r=0;t=60');
    }
    expect(world.calls).toHaveLength(done);
    // What is refused here is summed up as a denial; the act itself never began.
    expect(world.events).toHaveLength(logged);
    expect(world.denials.map(({ reason, principal }) => [reason, principal?.kind])).toEqual([
      ['too_many_requests', 'key'],
      ['too_many_requests', 'key'],
    ]);
  });

  it('and nobody else has to wait', async () => {
    const send = client();
    for (let count = 0; count < 61; count++) await send(...paths[0]);
    const others = await send(...paths[0], { credential: credentials.neighbour });
    expect(others.status).toBe(404);
    expect((await send('GET', `v1/exports/${ids.ready}`)).status).toBe(200);
  });
});

describe('X6 POST v1/exports/{id}/fetched', () => {
  const path = `v1/exports/${ids.ready}/fetched`;
  const name = 'orders-00001.csv.gz';

  it('takes names and hashes and says how much there is', async () => {
    const world = fakeWorld();
    const files = [{ name, sha256: 'E'.repeat(64) }];
    const got = await client(world)('POST', path, { body: { files } });
    expect([got.status, got.json]).toEqual([
      200,
      { files: 1, of: 1, at: '2026-11-20T12:00:00.000Z' },
    ]);
    expect(world.calls[0]?.input).toMatchObject({
      principal: { tenantId: ids.tenant },
      exportId: ids.ready,
      files: [{ name, sha256: 'e'.repeat(64) }],
    });
  });

  it('takes nothing else', async () => {
    const bodies = [
      [{ files: [] }, '/files'],
      [{ files: [{ name }] }, '/files/0/sha256'],
      [{ files: [{ name, sha256: 'e'.repeat(63) }] }, '/files/0/sha256'],
      [{ files: [{ name, sha256: 'e'.repeat(64), rows: 1 }] }, '/files/0/rows'],
      [{ files: [{ name: 'a\n', sha256: 'e'.repeat(64) }] }, '/files/0/name'],
      [{}, '/files'],
    ] as const;
    for (const [body, pointer] of bodies) {
      const got = await client()('POST', path, { body });
      expect(got.json).toMatchObject({ code: 'invalid_body', errors: [{ pointer }] });
    }
  });
});

describe('X12 GET v1/receipts', () => {
  const item = {
    id: ids.receipt,
    tenantId: ids.tenant,
    kind: 'export',
    exportId: ids.ready,
    reason: 'request',
    requestedBy: 'key:owner',
    files: 4,
    bytes: 700,
    deletedAt: '2026-11-20T12:00:00.000Z',
    verifiedGoneAt: '2026-11-20T12:00:00.000Z',
    signature: 'a.b.c',
  };

  it('lists deletions and shows one with its signature', async () => {
    const world = fakeWorld();
    const send = client(world);
    expect((await send('GET', 'v1/receipts?limit=7')).json).toEqual({ items: [item] });
    expect(world.calls).toEqual([{ name: 'receipts.list', input: { limit: 7 } }]);
    expect((await send('GET', `v1/receipts/${ids.receipt}`)).json).toEqual(item);
  });

  it.each(['admin', 'analyst', 'auditor'] as const)(
    'is for everybody who may read exports: %s',
    async (role) => {
      const credential = tokenOf(role);
      const one = `v1/receipts/${ids.receipt}`;
      expect((await client()('GET', 'v1/receipts', { credential })).json).toEqual({
        items: [item],
      });
      expect((await client()('GET', one, { credential })).json).toEqual(item);
    },
  );
});
