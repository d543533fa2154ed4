import { describe, expect, it } from 'vitest';
import { limits } from '../../../lib/core/limits.ts';
import { credentials, fakeWorld, ids } from './fake-services.ts';
import { client, type Sent } from './http-client.ts';

const post = async (sent: Sent) => {
  const world = fakeWorld();
  const got = await client(world)('POST', 'v1/exports', sent);
  return { ...got, calls: world.calls, logs: world.logs };
};

const errorsOf = async (body: unknown) => {
  const got = await post({ body });
  expect(got.status).toBe(400);
  expect(got.json['code']).toBe('invalid_body');
  expect(got.calls).toEqual([]);
  return got.json['errors'];
};

const bodyFields = 'tables, format, compression, dialect, packaging, consistency';

describe('a body', () => {
  it('of 300 KB gets 413, announced or not', async () => {
    const body = JSON.stringify({ tables: 'all', filler: 'x'.repeat(300 * 1024) });
    const announced = { 'content-length': String(body.length) };
    for (const headers of [announced, {}, { 'content-length': '5' }]) {
      const got = await post({ body, headers });
      expect(got.status).toBe(413);
      expect(got.json['code']).toBe('body_too_large');
    }
  });

  it('of exactly 256 KB is read', async () => {
    const text = '{"tables":"all"}';
    expect((await post({ body: text.padEnd(limits.bodyBytesMax) })).status).toBe(202);
    expect((await post({ body: text.padEnd(limits.bodyBytesMax + 1) })).status).toBe(413);
  });

  it('that is not JSON by its type gets 415', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'text/json+application/json',
      '',
    ];
    for (const type of types) {
      const got = await post({ body: { tables: 'all' }, headers: { 'content-type': type } });
      expect([type, got.status, got.json['code']]).toEqual([type, 415, 'unsupported_media_type']);
    }
    const packed = { 'content-encoding': 'gzip' };
    expect((await post({ body: { tables: 'all' }, headers: packed })).status).toBe(415);
  });

  it('is taken with any JSON type', async () => {
    const types = ['application/json; charset=UTF-8', 'Application/JSON', 'application/x.y+json'];
    for (const type of types) {
      const headers = { 'content-type': type };
      expect((await post({ body: { tables: 'all' }, headers })).status).toBe(202);
    }
  });

  it('that is missing gets 400 where one is needed', async () => {
    const got = await post({});
    expect(got.status).toBe(400);
    expect(got.json).toMatchObject({
      code: 'invalid_json',
      detail: 'The body is empty. Send a JSON object.',
    });
  });

  it('that is broken gets 400 with a text that does not quote it', async () => {
    const secret = 'my-password';
    const broken = [`{"a": "${secret}`, `{${secret}}`, '{"tables":"all",}', 'NaN', '[1', '\u0000'];
    for (const body of [...broken, Buffer.from([0x22, 0xff, 0x22])]) {
      const got = await post({ body });
      expect(got.status).toBe(400);
      expect(got.json).toMatchObject({
        code: 'invalid_json',
        detail: 'The body is not valid JSON in UTF-8. Check quotes, commas and brackets.',
      });
      expect(JSON.stringify(got.logs)).not.toContain(secret);
    }
  });

  it('that is JSON of another kind gets 400', async () => {
    for (const body of ['null', '[]', '5', '"all"', 'true']) {
      expect(await errorsOf(body)).toMatchObject([{ pointer: '' }]);
    }
  });

  it('cannot change what objects are', async () => {
    const body =
      '{"tables":"all","__proto__":{"isAdmin":true},"a":{"constructor":{"prototype":1}}}';
    const message = 'This name is not allowed.';
    expect(await errorsOf(body)).toEqual([
      { pointer: '/__proto__', message },
      { pointer: '/a/constructor', message },
      { pointer: '/a/constructor/prototype', message },
    ]);
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
  });

  it('holds whole characters alone, in every name and text of every route', async () => {
    const message =
      'A text has half a character (a lone surrogate, \\ud800 to \\udfff). Send whole ones.';
    expect(await errorsOf('{"tables":[{"name":"a\\ud800"}],"x\\udc00":1}')).toEqual([
      { pointer: '', message },
      { pointer: '/tables/0/name', message },
    ]);
    expect(await errorsOf('{"tables":[{"name":"\\ude00\\ud83d"}]}')).toEqual([
      { pointer: '/tables/0/name', message },
    ]);
    const world = fakeWorld();
    for (const [path, body] of [
      ['v1/operator/tenants', '{"name":"\\ud800"}'],
      ['v1/operator/tenants/acme/keys', '{"name":"\\udfff"}'],
      ['v1/webhooks', '{"url":"https://hooks.example/\\ud800"}'],
    ] as const) {
      const credential = path.includes('operator') ? credentials.operator : credentials.owner;
      const got = await client(world)('POST', path, { body, credential });
      expect([path, got.status, world.calls]).toEqual([path, 400, []]);
    }
    const whole = '{"name":"\\ud83d\\ude00"}';
    const sent = { body: whole, credential: credentials.operator };
    expect((await client(world)('POST', 'v1/operator/tenants', sent)).status).toBe(201);
  });

  it('cannot be nested deeply', async () => {
    const deep = `${'['.repeat(120_000)}${']'.repeat(120_000)}`;
    const pointer = '/0'.repeat(16);
    expect(await errorsOf(deep)).toEqual([{ pointer, message: 'Nested deeper than 16 levels.' }]);
  });

  it('gets all its mistakes at once, each with its place', async () => {
    const body = {
      tables: [
        { name: 'Orders' },
        { nam: 'users', columns: [] },
        { name: 'orders', columns: ['id', 'id', 5], where: 'x' },
      ],
      compression: 'zip',
      tenantId: 'umbrella',
      'a/b~c': 1,
    };
    const errors = (await errorsOf(body)) as { pointer: string; message: string }[];
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(
      [
        '/tables/0/name',
        '/tables/1/name',
        '/tables/1/columns',
        '/tables/1/nam',
        '/tables/2/columns/2',
        '/tables/2/where',
        '/compression',
        '/tenantId',
        '/a~1b~0c',
      ].sort(),
    );
    expect(errors).toContainEqual({
      pointer: '/tenantId',
      message: `There is no such field here. Known ones: ${bodyFields}.`,
    });
    expect(errors).toContainEqual({
      pointer: '/tables/1/nam',
      message: 'There is no such field here. Known ones: name, columns.',
    });
    expect(errors).toContainEqual({ pointer: '/tables/1/name', message: 'This field is missing.' });
  });

  it('that lists bare names is told how a table is named', async () => {
    expect(await errorsOf({ tables: ['devices', 7] })).toEqual([
      { pointer: '/tables/0', message: 'Send {"name": "devices"}.' },
      { pointer: '/tables/1', message: 'Send {"name": "…"}.' },
    ]);
    expect(await errorsOf({ tables: 'devices' })).toMatchObject([
      { pointer: '/tables', message: 'Send "all" or a list of tables: [{"name": "…"}].' },
    ]);
  });

  it('with too many or too few names is told the number, not to send a list', async () => {
    const tables = Array.from({ length: 1001 }, (_, index) => ({ name: `t${index}` }));
    const pointer = '/tables';
    expect(await errorsOf({ tables })).toEqual([
      { pointer, message: 'Name at most 1000 tables in one request, or send "all".' },
    ]);
    expect((await post({ body: { tables: tables.slice(1) } })).status).toBe(202);
    expect(await errorsOf({ tables: [] })).toEqual([
      { pointer, message: 'Name at least one table, or send "all".' },
    ]);
    const columns = Array.from({ length: 2001 }, (_, index) => `c${index}`);
    expect(await errorsOf({ tables: [{ name: 'orders', columns }] })).toEqual([
      {
        pointer: '/tables/0/columns',
        message: 'Name at most 2000 columns, or leave `columns` out to get all of them.',
      },
    ]);
  });

  it('is never told anything in the words of the schema library', async () => {
    const bodies: readonly (readonly [string, string, unknown, string])[] = [
      [
        'POST',
        `v1/exports/${ids.ready}/links`,
        { minutes: 0 },
        'Send a whole number from 1 to 480.',
      ],
      [
        'POST',
        `v1/exports/${ids.ready}/links`,
        { minutes: 'x' },
        'Send a whole number from 1 to 480.',
      ],
      ['POST', `v1/exports/${ids.ready}/links`, { files: 'x' }, 'Send a list.'],
      ['POST', `v1/exports/${ids.ready}/links`, { files: [7] }, 'Send a text.'],
      ['POST', `v1/exports/${ids.ready}/links`, { files: [''] }, 'Send at least 1 character.'],
      ['POST', 'v1/keys', { name: 'n', expiresInDays: 366 }, 'Send a whole number from 1 to 365.'],
      ['POST', 'v1/keys', { name: 'n', expiresInDays: 1.5 }, 'Send a whole number from 1 to 365.'],
      [
        'POST',
        'v1/keys',
        { name: 'n', expiresInDays: 1e300 },
        'Send a whole number from 1 to 365.',
      ],
      ['POST', 'v1/keys', { name: 'x'.repeat(201) }, 'Send at most 200 characters.'],
      ['POST', 'v1/keys', {}, 'This field is missing.'],
      [
        'POST',
        `v1/keys/${ids.key}/rotate`,
        { overlapHours: -1 },
        'Send a whole number from 0 to 168.',
      ],
      ['POST', 'v1/exports', { tables: 'all', format: 'xml' }, 'Send "csv".'],
      [
        'POST',
        'v1/exports',
        { tables: 'all', compression: 1 },
        'Send one of "gzip", "zstd", "none".',
      ],
      ['POST', 'v1/exports', null, 'Send an object.'],
    ];
    for (const [method, path, body, message] of bodies) {
      const got = await client()(method, path, { body });
      expect([path, got.json['errors']]).toEqual([path, [expect.objectContaining({ message })]]);
      expect(got.text).not.toMatch(/Too (big|small)|Invalid|expected|received/);
    }
  });

  it('S5 cannot set what only Sluice sets', async () => {
    const names = ['tenantId', 'role', 'hash', 'createdAt', 'id', 'status'];
    const extra = Object.fromEntries(names.map((name) => [name, 'x']));
    const message = `There is no such field here. Known ones: ${bodyFields}.`;
    expect(await errorsOf({ tables: 'all', ...extra })).toEqual(
      names.map((name) => ({ pointer: `/${name}`, message })),
    );
  });

  it('with countless or endless mistakes gets a short answer', async () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`f${index}`, 1]));
    expect(await errorsOf({ tables: 'all', ...many })).toHaveLength(100);
    const got = await post({ body: { tables: 'all', ['x'.repeat(200_000)]: 1 } });
    expect(got.text.length).toBeLessThan(1000);
  });
});
