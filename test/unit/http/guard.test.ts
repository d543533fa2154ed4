import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { tokenOf } from './fake-keys.ts';
import { credentials, fakeWorld } from './fake-services.ts';
import { client } from './http-client.ts';

const path = 'v1/exports';

describe('credentials', () => {
  it('are taken from Authorization, x-api-key and the named further headers', async () => {
    const send = client();
    const ways = [
      { authorization: `Bearer ${credentials.owner}` },
      { authorization: `bearer ${credentials.owner}` },
      { 'x-api-key': credentials.owner },
      { 'systrack-api-key': credentials.owner },
      { 'x-api-key': credentials.owner, authorization: `Bearer ${credentials.owner}` },
    ];
    const gots = await Promise.all(
      ways.map((headers) => send('GET', path, { credential: '', headers })),
    );
    expect(gots.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it('are one when the same one comes several times in one header', async () => {
    const { owner, operator } = credentials;
    const send = client();
    const ways = [
      { 'x-api-key': `${owner}, ${owner}` },
      { 'x-api-key': `${owner},${owner}`, authorization: `Bearer ${owner}` },
      { authorization: `Bearer ${owner}, Bearer ${owner}` },
      { 'systrack-api-key': `${owner} , ${owner}, ${owner}` },
    ];
    for (const headers of ways) {
      expect((await send('GET', path, { credential: '', headers })).status).toBe(200);
    }
    const twice = { authorization: `Bearer ${tokenOf('owner')}, Bearer ${tokenOf('owner')}` };
    expect((await send('GET', path, { credential: '', headers: twice })).status).toBe(200);
    const operators = { 'x-api-key': `${operator}, ${operator}` };
    const got = await send('GET', 'v1/operator/tenants', { credential: '', headers: operators });
    expect(got.status).toBe(200);
  });

  it('must not be several different ones in one header either', async () => {
    const { owner, neighbour } = credentials;
    const ways = [
      { 'x-api-key': `${owner}, ${neighbour}` },
      { authorization: `Bearer ${owner}, Bearer ${neighbour}` },
      { authorization: `Bearer ${tokenOf('owner')}, Bearer ${owner}` },
    ];
    for (const headers of ways) {
      const got = await client()('GET', path, { credential: '', headers });
      expect([got.status, got.json['code']]).toEqual([400, 'invalid_header']);
    }
  });

  it("may hold a comma when they are the operator's own", async () => {
    const own = 'an-operators-key,with-commas,of-40-chars!';
    const checkOperator = async (text: string) =>
      text === own ? ({ kind: 'operator', scopes: ['operator'] } as const) : undefined;
    const send = client(fakeWorld({ checkOperator }));
    expect((await send('GET', 'v1/operator/tenants', { credential: own })).status).toBe(200);
  });

  it('S13 are told by their shape alone that quotes or a word around them are wrong', async () => {
    const { owner, unknown } = credentials;
    const shapes: readonly (readonly [(key: string) => Record<string, string>, string])[] = [
      [(key) => ({ 'x-api-key': `"${key}"` }), 'quotation marks'],
      [(key) => ({ 'x-api-key': `'${key}'` }), 'quotation marks'],
      [(key) => ({ authorization: `Bearer "${key}"` }), 'quotation marks'],
      [(key) => ({ authorization: `Bearer <${key}>` }), 'brackets'],
      [(key) => ({ 'x-api-key': `Bearer ${key}` }), 'a word before the key'],
      [(key) => ({ authorization: `Bearer Bearer ${key}` }), 'a word before the key'],
      [(key) => ({ 'systrack-api-key': `Bearer "${key}"` }), 'a word before the key'],
    ];
    for (const [headersOf, hint] of shapes) {
      const ask = (key: string) => {
        const headers = { ...headersOf(key), 'x-request-id': 'r' };
        return client()('GET', path, { credential: '', headers });
      };
      const [known, stranger] = [await ask(owner), await ask(unknown)];
      expect([known.status, known.json['code']]).toEqual([401, 'unauthenticated']);
      expect(known.json['detail']).toContain(hint);
      expect([...known.headers, known.text]).toEqual([...stranger.headers, stranger.text]);
    }
  });

  it('are not taken from headers that nobody named', async () => {
    const headers = { 'other-api-key': credentials.owner, cookie: `key=${credentials.owner}` };
    expect((await client()('GET', path, { credential: '', headers })).status).toBe(401);
  });

  it('must not be several different ones', async () => {
    const headers = { 'x-api-key': credentials.neighbour };
    const got = await client()('GET', path, { headers });
    expect(got.status).toBe(400);
    expect(got.json['code']).toBe('invalid_header');
  });

  it('S13 get one answer, whatever is wrong with them', async () => {
    const send = client();
    const wrong = ['', 'x', credentials.unknown, credentials.unknown.slice(0, -1), 'é'.repeat(9)];
    const gots = await Promise.all(
      wrong.map((credential) =>
        send('GET', path, {
          credential: '',
          headers: { 'x-api-key': credential, 'x-request-id': 'r' },
        }),
      ),
    );
    const first = gots[0];
    expect(first?.status).toBe(401);
    expect(gots.map((got) => [...got.headers, got.text])).toEqual(
      gots.map(() => [...(first?.headers ?? []), first?.text]),
    );
  });

  it('S37 are refused with 503 while they cannot be checked', async () => {
    const down = new SluiceError('storage_unavailable', { internal: 'CANARY-internal-text' });
    const { services } = fakeWorld();
    const keys = { ...services.keys, authenticate: () => Promise.reject(down) };
    const world = fakeWorld({ keys });
    const got = await client(world)('GET', path);
    expect(got.status).toBe(503);
    expect(got.headers.get('retry-after')).toBe('5');
    expect(world.calls).toEqual([]);
  });

  it("stay wrong, not an outage, while the operator's key is missing", async () => {
    const checkOperator = () => Promise.reject(new SluiceError('secret_unavailable'));
    const send = client(fakeWorld({ checkOperator }));
    expect((await send('GET', path, { credential: 'wrong' })).status).toBe(401);
    expect((await send('GET', 'v1/operator/tenants')).status).toBe(503);
  });
});
