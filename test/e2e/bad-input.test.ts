import { beforeAll, describe, expect, test } from 'vitest';
import { exportListAnswer } from '../../lib/api/exports.ts';
import { readyAnswer } from '../../lib/api/public.ts';
import { tablesAnswer } from '../../lib/api/tables.ts';
import { limits } from '../../lib/core/limits.ts';
import type { Call, Tenant } from './support/api.ts';
import { api } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

let alpha: Tenant;

beforeAll(async () => {
  alpha = await api.tenant(sourceIds.alpha);
});

const post = (call: Call) => api.call('POST', 'v1/exports', { key: alpha.key, ...call });
const json = (body: string): Call => ({ body, headers: { 'content-type': 'application/json' } });

describe('bad input gets a clear error that says what to do', () => {
  test.each<[string, Call, number, string]>([
    ['an unknown field', { json: { tables: 'all', table: 'x' } }, 400, 'invalid_body'],
    ['a wrong type', { json: { tables: 7 } }, 400, 'invalid_body'],
    ['no table', { json: { tables: [] } }, 400, 'invalid_body'],
    ['a name too long', { json: { tables: [{ name: 'x'.repeat(65) }] } }, 400, 'invalid_body'],
    [
      'a foreign tenant in the body',
      { json: { tables: 'all', tenantId: 'x' } },
      400,
      'invalid_body',
    ],
    ['an unknown table', { json: { tables: [{ name: 'no_such' }] } }, 422, 'unknown_table'],
    [
      'a format that does not exist',
      { json: { tables: 'all', format: 'xml' } },
      400,
      'invalid_body',
    ],
    ['broken JSON', json('{"tables": '), 400, 'invalid_json'],
    ['no body', json(''), 400, 'invalid_json'],
    ['a prototype', json('{"tables": "all", "__proto__": {}}'), 400, 'invalid_body'],
    [
      'another media type',
      { body: 'tables=all', headers: { 'content-type': 'text/plain' } },
      415,
      'unsupported_media_type',
    ],
    [
      '300 KB',
      json(JSON.stringify({ tables: 'all', pad: 'x'.repeat(300_000) })),
      413,
      'body_too_large',
    ],
    [
      'a wrong Idempotency-Key',
      { json: { tables: 'all' }, headers: { 'idempotency-key': 'x'.repeat(256) } },
      400,
      'invalid_header',
    ],
  ])('%s', async (_, call, status, code) => {
    const problem = (await post(call)).problem(status, code);
    expect(problem.detail.length).toBeGreaterThan(20);
  });

  test('every mistake of a body at once, each with its place', async () => {
    const answer = await post({
      json: { tables: [{ name: 'Bad Name' }, { name: 'people', colums: [] }], compression: 'rar' },
    });
    const places = answer.problem(400, 'invalid_body').errors?.map(({ pointer }) => pointer);
    expect(places).toEqual(
      expect.arrayContaining(['/tables/0/name', '/tables/1/colums', '/compression']),
    );
  });

  test('nothing was started by any of it', async () => {
    const listed = await api.call('GET', 'v1/exports', { key: alpha.key });
    expect(listed.as(exportListAnswer).items).toEqual([]);
  });
});

describe('credentials', () => {
  test('unknown, wrong, ill-formed and absent keys get one and the same answer', async () => {
    const last = alpha.key.at(-1) === 'a' ? 'b' : 'a';
    const keys = [undefined, 'nonsense', alpha.key.slice(0, -1) + last, `${alpha.key}x`, ''];
    const answers = await Promise.all(
      keys.map((key) => api.call('GET', 'v1/exports', key === undefined ? {} : { key })),
    );
    const shapes = answers.map((answer) => {
      const { requestId, ...body } = answer.problem(401, 'unauthenticated');
      return { ...body, challenge: answer.headers.get('www-authenticate') };
    });
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1);
  });

  test('S12 a key in the URL is refused, even beside a good header', async () => {
    const answer = await api.call('GET', `v1/exports?key=${alpha.key}`, { key: alpha.key });
    answer.problem(400, 'key_in_url');
    expect(answer.text).not.toContain(alpha.key);
  });

  test('x-api-key and the operator’s own header name work as well', async () => {
    for (const name of ['x-api-key', 'systrack-api-key']) {
      const answer = await api.call('GET', 'v1/exports', { headers: { [name]: alpha.key } });
      expect(answer.status).toBe(200);
    }
  });

  test('a key without the scope is refused by name of the scope', async () => {
    const reader = await api.tenant(sourceIds.alpha, ['exports:read']);
    const answer = await api.call('POST', 'v1/exports', {
      key: reader.key,
      json: { tables: 'all' },
    });
    expect(answer.problem(403, 'forbidden').detail).toContain('exports:run');
  });
});

test('ids that no store could hold are simply not found', async () => {
  // A `..` never arrives as an id: every client resolves it, to the list of routes.
  for (const id of [
    'a%2Fb',
    '%00',
    '..%2F',
    'x'.repeat(1100),
    "'%20or%201=1",
    '%F0%9F%9A%80',
    'A',
  ]) {
    const answer = await api.call('GET', `v1/exports/${id}`, { key: alpha.key });
    expect([400, 404]).toContain(answer.status);
  }
});

describe('webhook addresses', () => {
  test.each([
    'http://example.com/hook',
    'https://10.0.0.1/hook',
    'https://169.254.169.254/metadata',
    'https://user:pass@example.com/',
    'https://example.com:8443/',
    'ftp://example.com/',
    'https://intranet/',
    'not a url',
  ])('%s is refused', async (url) => {
    const answer = await api.call('POST', 'v1/webhooks', { key: alpha.key, json: { url } });
    expect([400, 422]).toContain(answer.status);
    expect(answer.text).not.toContain('"secret"');
  });
});

test('GET /v1/tables shows columns, types, labels and what is left out; broken tables say why', async () => {
  const answer = await api.call('GET', 'v1/tables', { key: alpha.key });
  const { tables, excluded } = answer.as(tablesAnswer);
  const people = tables.find(({ name }) => name === 'people');
  expect(people).toEqual({
    name: 'people',
    description: 'People.',
    labels: { system: 'crm' },
    columns: [
      { name: 'id', type: 'integer', sourceType: 'integer', nullable: false, key: true },
      { name: 'tenant_id', type: 'text', sourceType: 'text', nullable: false, key: false },
      { name: 'name', type: 'text', sourceType: 'text', nullable: true, key: false },
      { name: 'note', type: 'text', sourceType: 'text', nullable: true, key: false },
    ],
  });
  expect(tables.find(({ name }) => name === 'missing')?.error?.code).toBe('table_missing');
  expect(tables.find(({ name }) => name === 'unreachable')?.error?.code).toBe('source_unreachable');
  expect(excluded).toHaveLength(1);
});

test('X14 the promises are data: the route tells the numbers that the code keeps', async () => {
  expect(JSON.parse((await api.call('GET', 'v1/limits')).text)).toEqual(limits);
});

test('the health routes need no key and tell no secrets', async () => {
  expect((await api.call('GET', 'health/live')).status).toBe(200);
  const ready = await api.call('GET', 'health/ready');
  expect(ready.status).toBe(200);
  const { status, checks } = ready.as(readyAnswer);
  expect(status).toBe('degraded');
  expect(checks.filter(({ ok }) => !ok)).toEqual([
    // One source of this suite's catalog has no secret; which one is for the log.
    { name: 'sources', required: false, ok: false, problem: 'missing' },
  ]);
});

describe('HEAD and Accept as RFC 9110 wants them', () => {
  /** What differs between any two answers. */
  const ofItsOwn = ['date', 'connection', 'keep-alive', 'transfer-encoding'];
  const lasting = ({ headers }: { readonly headers: Headers }) =>
    [...headers].filter(([name]) => !ofItsOwn.includes(name));

  test.each([
    ['health/live', 200],
    ['v1', 200],
    ['v1/exports', 200],
    ['v1/audit', 200],
    ['v1/exports/nothing', 404],
    ['v1/nothing', 404],
  ])('HEAD %s answers %i with the headers of GET and nothing more', async (path, status) => {
    const call = { key: alpha.key, headers: { 'x-request-id': 'r-1' } };
    const head = await api.call('HEAD', path, call);
    expect([head.status, head.text]).toEqual([status, '']);
    // Each look at the log is an event of it, so its length is another one the next time.
    if (path === 'v1/audit') return;
    expect(lasting(head)).toEqual(lasting(await api.call('GET', path, call)));
  });

  test('405 names HEAD beside GET', async () => {
    const got = await api.call('PUT', 'v1/exports', { key: alpha.key });
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  test('K9 q=0 rules a kind out, whatever stands beside it', async () => {
    const headers = { accept: 'application/json;q=0, */*;q=0.5' };
    const got = await api.call('GET', 'v1/audit', { key: alpha.key, headers });
    expect([got.status, got.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  });
});
