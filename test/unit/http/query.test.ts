import { describe, expect, it } from 'vitest';
import { fakeWorld, ids } from './fake-services.ts';
import { client } from './http-client.ts';

const list = async (query: string) => {
  const world = fakeWorld();
  const got = await client(world)('GET', `v1/exports?${query}`);
  return { ...got, input: world.calls[0]?.input };
};

describe('a query', () => {
  it('gives the page and the filter, with defaults', async () => {
    expect((await list('')).input).toEqual({
      tenantId: ids.tenant,
      filter: {},
      page: { limit: 50 },
    });
    const query =
      'limit=200&cursor=abc&status=ready&from=2026-11-01&to=2026-11-02T03:00:00%2B01:00';
    expect((await list(query)).input).toEqual({
      tenantId: ids.tenant,
      filter: {
        status: 'ready',
        from: new Date('2026-11-01T00:00:00Z'),
        to: new Date('2026-11-02T02:00:00Z'),
      },
      page: { limit: 200, cursor: 'abc' },
    });
  });

  const wrong = [
    ['limit=0', '/limit'],
    ['limit=201', '/limit'],
    ['limit=1.5', '/limit'],
    ['limit=', '/limit'],
    ['cursor=', '/cursor'],
    ['status=done', '/status'],
    ['from=yesterday', '/from'],
    ['to=2026-02-30', '/to'],
    ['from=2026-11-02&to=2026-11-01', '/to'],
    ['tenantId=umbrella', '/tenantId'],
    ['limit=5&limit=6', '/limit'],
    ['__proto__=1', '/__proto__'],
  ];
  for (const [query = '', pointer] of wrong) {
    it(`?${query} gets 400 with its place`, async () => {
      const got = await list(query);
      expect(got.status).toBe(400);
      expect(got.json['code']).toBe('invalid_query');
      expect(got.json['errors']).toMatchObject([{ pointer }]);
      expect(got.input).toBeUndefined();
    });
  }

  const zone =
    'Add the zone to the time: Z, or an offset such as +02:00 (a + is written %2B in a URL).';
  const time = 'Send an ISO 8601 date or time, for example 2026-11-20 or 2026-11-20T08:00:00Z.';
  it.each([
    ['v1/exports?from=2026-11-20T08:00:00', zone],
    ['v1/exports?to=2026-11-20T08:00', zone],
    ['v1/exports?to=2026-11-20T08:00:00.123', zone],
    ['v1/exports?from=2026-11-20T08:00:00+02:00', zone],
    ['v1/audit?from=2026-11-20T08:00:00', zone],
    ['v1/exports?from=20.11.2026', time],
    ['v1/exports?from=2026-11-20 08:00:00', time],
    ['v1/exports?limit=201', 'Send a whole number from 1 to 200.'],
    ['v1/audit?limit=5001', 'Send a whole number from 1 to 5000.'],
    ['v1/audit?limit=0', 'Send a whole number from 1 to 5000.'],
    ['v1/limits?verbose=1', 'There is no such parameter here; none is taken.'],
    [
      'v1/exports?state=ready',
      'There is no such parameter here. Known ones: limit, cursor, status, from, to.',
    ],
  ])('%s is told: %s', async (path, message) => {
    const got = await client()('GET', path);
    expect(got.json['errors']).toEqual([expect.objectContaining({ message })]);
  });

  it('is refused where none is taken', async () => {
    for (const path of ['v1/limits', 'health/live', 'v1/tables', `v1/exports/${ids.ready}`]) {
      const got = await client()('GET', `${path}?verbose=1`);
      expect(got.json).toMatchObject({ code: 'invalid_query', errors: [{ pointer: '/verbose' }] });
    }
  });
});
