import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { auditCsv } from '../../../functions/http/audit/audit-csv.ts';
import { operatorChain } from '../../../lib/core/audit/audit-event.ts';
import { canonicalJson } from '../../../lib/core/audit/canonical-json.ts';
import { limits } from '../../../lib/core/limits.ts';
import { auditEvent, credentials, fakeWorld, ids } from '../http/fake-services.ts';
import { client } from '../http/http-client.ts';

const get = (accept: string | undefined, path = 'v1/audit') =>
  client()('GET', path, { headers: accept === undefined ? {} : { accept } });

describe('K9 GET /v1/audit', () => {
  test.each([[undefined], ['*/*'], ['application/json'], ['text/html, application/*;q=0.9']])(
    'gives JSON for Accept %s',
    async (accept) => {
      const got = await get(accept);
      expect(got.headers.get('content-type')).toBe('application/json');
      expect(got.json).toEqual({ items: [auditEvent], nextCursor: '202611-7' });
    },
  );

  test('gives one canonical event per line as NDJSON, so that each can be hashed as it is', async () => {
    const got = await get('text/csv;q=0.5, application/x-ndjson');
    expect(got.headers.get('content-type')).toBe('application/x-ndjson');
    expect(got.text).toBe(`${canonicalJson(auditEvent)}\n`);
  });

  test('X10 gives CSV that no spreadsheet runs', async () => {
    const got = await get('text/csv');
    expect(got.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const bytes = auditCsv([auditEvent]);
    expect(Buffer.from(bytes).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const [record] = parse(Buffer.from(bytes), { bom: true, columns: true });
    expect(record).toMatchObject({
      seq: '7',
      requestId: "'=1+1",
      details: '{"fields":["url","events"]}',
      hash: auditEvent.hash,
    });
    expect(Buffer.from(bytes).toString().endsWith('\r\n')).toBe(true);
  });

  test.each([
    ['image/png, text/csv;q=0'],
    ['application/json;q=0'],
    ['*/*;q=0'],
    ['text/csv;q=0.000, text/*;q=0'],
  ])('refuses what it has not: %s', async (accept) => {
    const got = await get(accept);
    expect([got.status, got.json['code']]).toEqual([406, 'not_acceptable']);
  });

  test.each([
    ['application/json;q=0, */*;q=0.5', 'application/x-ndjson'],
    ['*/*;q=0.5, application/json;q=0', 'application/x-ndjson'],
    ['application/*, application/json; q=0.1', 'application/x-ndjson'],
    ['application/*;q=0, */*;q=0.1', 'text/csv'],
    ['text/*;q=0.3, application/json;q=0.2', 'text/csv'],
    ['text/csv;q=0.1, text/*;q=0.9, application/json;q=0.2', 'application/json'],
    ['APPLICATION/JSON;Q=0.5, text/csv;q=0.4', 'application/json'],
    ['application/json;charset=utf-8', 'application/json'],
    ['text/csv;header=present;q=0.8, */*;q=0.1', 'text/csv'],
    ['*/*, application/x-ndjson;q=1.0', 'application/json'],
  ])('goes by the most specific range for each kind: %s gives %s', async (accept, type) => {
    const got = await get(accept);
    expect([got.status, got.headers.get('content-type')?.split(';')[0]]).toEqual([200, type]);
  });

  test('leads on with a link that keeps the filters', async () => {
    const path = 'v1/audit?from=2026-11-01&actor=key:owner&action=link.create&limit=100';
    const got = await get('application/x-ndjson', path);
    expect(got.headers.get('link')).toBe(
      '</api/v1/audit?action=link.create&actor=key%3Aowner&from=2026-11-01T00%3A00%3A00.000Z&limit=100&cursor=202611-7>; rel="next"',
    );
  });

  test('K3 reads the chain of the credential, with at most 5,000 events a page', async () => {
    const world = fakeWorld();
    const send = client(world);
    await send('GET', 'v1/audit', { credential: credentials.neighbour });
    await send('GET', 'v1/audit?cursor=202610-12&to=2026-11-02&limit=7');
    await send('GET', 'v1/operator/audit', { credential: credentials.operator });
    expect(world.calls).toEqual([
      {
        name: 'audit.list',
        input: { chain: ids.neighbour, filter: {}, page: { limit: limits.auditPageEventsMax } },
      },
      {
        name: 'audit.list',
        input: {
          chain: ids.tenant,
          filter: { to: new Date('2026-11-02T00:00:00Z') },
          page: { limit: 7, cursor: '202610-12' },
        },
      },
      {
        name: 'audit.list',
        input: { chain: operatorChain, filter: {}, page: { limit: limits.auditPageEventsMax } },
      },
    ]);
  });

  test.each([
    ['limit=5001'],
    ['limit=0'],
    ['cursor=x'],
    ['actor=me'],
    ['from=noon'],
    ['tenantId=x'],
  ])('refuses ?%s', async (query) => {
    expect((await get(undefined, `v1/audit?${query}`)).json['code']).toBe('invalid_query');
  });
});

test('K11 whoever is limited to labels reads no log and no webhooks, and the attempts are events', async () => {
  const limited = fakeWorld({
    keys: {
      ...fakeWorld().services.keys,
      authenticate: async () => ({
        kind: 'key',
        tenantId: ids.tenant,
        keyId: 'limited',
        scopes: ['audit:read', 'webhooks:write'],
        labels: { system: ['shop'] },
      }),
    },
  });
  const paths = ['v1/audit', 'v1/audit/verify', 'v1/webhooks'];
  for (const path of paths) {
    expect((await client(limited)('GET', path)).status).toBe(403);
  }
  expect(limited.calls).toEqual([]);
  expect(limited.denials.map(({ reason }) => reason)).toEqual(paths.map(() => 'forbidden'));
});

test('K9 a broken chain is an answer, and the operator hears of it', async () => {
  const verdict = { ok: false, chain: ids.tenant, fromSeq: 1, toSeq: 4, headHash: 'c'.repeat(64) };
  const world = fakeWorld();
  const broken = fakeWorld({
    audit: {
      ...world.services.audit,
      verify: async () => ({ ...verdict, unsealed: 0, firstBroken: { seq: 5, reason: 'hash' } }),
    },
  });
  const got = await client(broken)('GET', 'v1/audit/verify');
  expect(got.json).toEqual({
    ...verdict,
    hashing: expect.stringContaining('RFC 8785'),
    unsealed: 0,
    firstBroken: { seq: 5, reason: 'hash' },
  });
  expect(broken.logs).toContainEqual(
    expect.objectContaining({
      level: 'error',
      message: 'an audit chain is broken',
      fields: { chain: ids.tenant, seq: 5, reason: 'hash' },
    }),
  );
});
