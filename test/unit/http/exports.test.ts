import { describe, expect, it } from 'vitest';
import { credentials, fakeWorld, ids } from './fake-services.ts';
import { client } from './http-client.ts';

const item = {
  tenantId: 'acme',
  attempt: 1,
  requestedBy: 'key:owner',
  requestedAt: '2026-11-20T11:00:00.000Z',
  format: 'csv',
  compression: 'gzip',
  dialect: 'data',
  packaging: 'files',
  consistency: 'table',
};

const readyItem = {
  ...item,
  id: ids.ready,
  invocationId: ids.ready,
  status: 'partially_ready',
  startedAt: '2026-11-20T11:50:00.000Z',
  completedAt: '2026-11-20T11:55:00.000Z',
  expiresAt: '2026-11-27T11:55:00.000Z',
  totals: { tables: 1, files: 1, rows: 7, bytes: 70, uncompressedBytes: 700 },
  manifest: {
    sha256: 'f'.repeat(64),
    revision: 1,
    url: `/api/v1/exports/${ids.ready}/manifest`,
    signature: `/api/v1/exports/${ids.ready}/manifest?format=jws`,
  },
};

describe('POST v1/exports', () => {
  it('starts an export and says where to look', async () => {
    const world = fakeWorld();
    const body = {
      tables: [{ name: 'orders', columns: ['id'] }],
      compression: 'zstd',
      format: 'csv',
    };
    const headers = { 'idempotency-key': 'once' };
    const got = await client(world)('POST', 'v1/exports', { body, headers });
    expect(got.status).toBe(202);
    expect(got.headers.get('location')).toBe(`/api/v1/exports/${ids.running}`);
    expect(got.headers.get('retry-after')).toBe('2');
    expect(got.json).toEqual({
      ...item,
      runs: 0,
      id: ids.running,
      invocationId: ids.running,
      status: 'pending',
      progress: { tablesDone: 0, tablesTotal: 1, rows: 0, bytes: 0 },
      tables: [{ name: 'orders', status: 'pending' }],
    });
    expect(world.calls).toEqual([
      {
        name: 'exports.request',
        input: {
          principal: expect.objectContaining({ tenantId: ids.tenant, keyId: 'owner' }),
          wish: { tables: [{ name: 'orders', columns: ['id'] }], compression: 'zstd' },
          idempotencyKey: 'once',
        },
      },
    ]);
  });

  it('shows the present state of an export that was asked for before', async () => {
    const { services } = fakeWorld();
    const request = async () => {
      const { record } = await services.exports.get(
        { tenantId: ids.tenant, scopes: [] },
        ids.ready,
      );
      return { record, isReplay: true };
    };
    const world = fakeWorld({ exports: { ...services.exports, request } });
    const got = await client(world)('POST', 'v1/exports', { body: { tables: 'all' } });
    expect(got.status).toBe(202);
    expect(got.json).toMatchObject({ status: 'partially_ready', progress: { rows: 7 } });
    expect(got.headers.get('retry-after')).toBeNull();
    expect(got.headers.get('idempotent-replayed')).toBe('true');
  });

  it('leads to the manifest and its signature for as long as they can be fetched', async () => {
    const { services } = fakeWorld();
    const get = async () => {
      const details = await services.exports.get({ tenantId: ids.tenant, scopes: [] }, ids.ready);
      return { ...details, record: { ...details.record, status: 'expired' as const } };
    };
    const world = fakeWorld({ exports: { ...services.exports, get } });
    const gone = await client(world)('GET', `v1/exports/${ids.ready}`);
    expect(gone.json['manifest']).toEqual({ sha256: 'f'.repeat(64), revision: 1 });
    const send = client();
    const got = await send('GET', `v1/exports/${ids.ready}`);
    const { url, signature } = got.json['manifest'] as { url: string; signature: string };
    const at = (path: string) => send('GET', path.replace('/api/', ''));
    expect((await at(url)).headers.get('content-type')).toBe('application/json');
    expect((await at(signature)).headers.get('content-type')).toBe('application/jose');
  });

  it('refuses an Idempotency-Key that is not 1 to 255 visible ASCII characters', async () => {
    const send = client();
    const post = (key: string) =>
      send('POST', 'v1/exports', { body: { tables: 'all' }, headers: { 'idempotency-key': key } });
    expect((await post('k'.repeat(255))).status).toBe(202);
    for (const key of ['', 'k'.repeat(256), 'two words', 'é']) {
      expect((await post(key)).json['code']).toBe('invalid_header');
    }
  });
});

describe('GET v1/exports', () => {
  it('lists exports without their tables', async () => {
    const got = await client()('GET', 'v1/exports');
    const runningItem = {
      ...item,
      id: ids.running,
      invocationId: ids.running,
      status: 'processing',
      startedAt: '2026-11-20T11:50:00.000Z',
    };
    expect(got.json).toEqual({ items: [readyItem, runningItem], nextCursor: 'next' });
  });
});

describe('GET v1/exports/{id}', () => {
  it('shows how far an export is and when to ask again', async () => {
    const got = await client()('GET', `v1/exports/${ids.running}`);
    expect(got.headers.get('retry-after')).toBe('2');
    expect(got.json).toMatchObject({
      status: 'processing',
      progress: {
        tablesDone: 0,
        tablesTotal: 1,
        rows: 5,
        rowsExpected: 10,
        bytes: 50,
        percent: 50,
        secondsLeft: 600,
      },
      tables: [
        { name: 'orders', status: 'running', rows: 5, countedRows: 10, parts: 0, bytes: 50 },
      ],
    });
    expect(got.text).not.toContain('statement_timeout');
  });

  it('shows a finished export whole', async () => {
    const got = await client()('GET', `v1/exports/${ids.ready}`);
    expect(got.headers.get('retry-after')).toBeNull();
    expect(got.json).toMatchObject(readyItem);
    expect(got.json['tables']).toEqual([
      {
        name: 'orders',
        status: 'ready',
        rows: 7,
        countedRows: 7,
        parts: 1,
        bytes: 70,
        snapshotAt: '2026-11-20T12:00:00.000Z',
      },
      {
        name: 'users',
        status: 'failed',
        rows: 0,
        countedRows: 10,
        parts: 0,
        bytes: 0,
        error: { code: 'statement_timeout', message: 'Too slow.' },
      },
    ]);
  });

  it('treats what cannot be an id as missing', async () => {
    for (const id of ['a%2Fb', 'a%27b', '..%5C', 'x'.repeat(101), 'a%20b']) {
      expect((await client()('GET', `v1/exports/${id}`)).status).toBe(404);
    }
  });
});

describe('the manifest', () => {
  it('comes as the bytes that were signed, and its signature beside', async () => {
    const send = client();
    const manifest = await send('GET', `v1/exports/${ids.ready}/manifest`);
    expect([manifest.text, manifest.headers.get('content-type')]).toEqual([
      '{"version":1}\n',
      'application/json',
    ]);
    const signature = await send('GET', `v1/exports/${ids.ready}/manifest?format=jws`);
    expect([signature.text, signature.headers.get('content-type')]).toEqual([
      'a..c',
      'application/jose',
    ]);
    const other = await send('GET', `v1/exports/${ids.ready}/manifest?format=xml`);
    expect(other.json['code']).toBe('invalid_query');
  });
});

describe('cancel, retry and delete', () => {
  it('are accepted without a body or with an empty one, and no other', async () => {
    const send = client();
    for (const verb of ['cancel', 'retry']) {
      const path = `v1/exports/${ids.running}/${verb}`;
      expect((await send('POST', path)).status).toBe(202);
      expect((await send('POST', path, { body: {} })).status).toBe(202);
      expect((await send('POST', path, { body: { force: true } })).json).toMatchObject({
        code: 'invalid_body',
        errors: [{ pointer: '/force', message: 'There is no such field here; none is taken.' }],
      });
    }
  });

  it('names who deletes', async () => {
    const world = fakeWorld();
    const got = await client(world)('DELETE', `v1/exports/${ids.ready}`);
    expect(got.status).toBe(202);
    expect(world.calls).toEqual([
      {
        name: 'exports.remove',
        input: { tenantId: ids.tenant, exportId: ids.ready, requestedBy: 'key:owner' },
      },
    ]);
  });
});

describe('S1 the tenant', () => {
  it('comes from the key, whatever headers, query and body say', async () => {
    const world = fakeWorld();
    const headers = { 'x-tenant-id': ids.neighbour, 'x-ms-client-principal-id': ids.neighbour };
    await client(world)('GET', 'v1/exports', { headers });
    expect(world.calls).toMatchObject([{ input: { tenantId: ids.tenant } }]);
    const foreign = await client(world)('GET', `v1/exports/${ids.ready}`, {
      credential: credentials.neighbour,
    });
    expect(foreign.status).toBe(404);
  });
});
