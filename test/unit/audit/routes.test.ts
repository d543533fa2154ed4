import { describe, expect, test } from 'vitest';
import { routes } from '../../../functions/http/routes.ts';
import { type AuditResult, operatorChain } from '../../../lib/core/audit/audit-event.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import { tokenOf } from '../http/fake-keys.ts';
import { credentials, type FakeWorld, fakeWorld, ids } from '../http/fake-services.ts';
import { client } from '../http/http-client.ts';

const guarded = routes.filter(({ scope }) => scope !== 'public');
const acts = guarded.filter(({ audit }) => audit?.kind === 'act');
const reads = guarded.filter(({ audit }) => audit?.kind === 'read');

/** Bodies of the acts that demand one; a new act that does needs an entry here. */
const bodies: Readonly<Record<string, object>> = {
  createExport: { tables: 'all' },
  noteFetched: { files: [{ name: 'orders-00001.csv.gz', sha256: 'e'.repeat(64) }] },
  createWebhook: { url: 'https://hooks.example/in' },
  createKey: { name: 'reader' },
  createTenant: { name: 'Acme' },
  createTenantKey: { name: 'first' },
  updateTenant: { issuers: [] },
};

const operatorsTenant: Readonly<Record<string, string>> = {
  updateTenant: ids.tenant,
  createTenantKey: ids.tenant,
};

function idOf(path: string): string {
  if (path.startsWith('v1/webhooks')) return ids.webhook;
  if (path.startsWith('v1/deliveries')) return ids.delivery;
  if (path.startsWith('v1/operator/tenants')) return ids.tenant;
  if (path.startsWith('v1/keys')) return ids.key;
  return ids.ready;
}

/** Keys cannot make keys, so these need a person. */
function ownerOf({ name }: (typeof routes)[number], tenantId: string): string {
  if (name === 'createKey' || name === 'rotateKey') return tokenOf('owner', tenantId);
  return tenantId === ids.tenant ? credentials.owner : credentials.neighbour;
}

async function call(world: FakeWorld, route: (typeof routes)[number], id = idOf(route.path)) {
  const credential = route.scope === 'operator' ? credentials.operator : ownerOf(route, ids.tenant);
  const headers = { 'x-request-id': 'r-1', 'x-forwarded-for': '203.0.113.77' };
  const body = bodies[route.name];
  return client(world)(route.method, route.path.replace(/\{\w+\}/, id), {
    credential,
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

function resultsOf({ events }: FakeWorld): readonly (readonly [string, AuditResult])[] {
  return events.map(({ chain, facts }) => [chain, facts.outcome.result]);
}

describe('S35 K8 the route table', () => {
  test('has an entry in the audit log for every route that changes something', () => {
    const silent = guarded.filter(({ method, audit }) => method !== 'GET' && audit?.kind !== 'act');
    expect(silent.map(({ name }) => name)).toEqual([]);
    expect(routes.filter(({ scope, method }) => scope === 'public' && method !== 'GET')).toEqual(
      [],
    );
  });

  test('has one for every route that gives data or links out', () => {
    const named = routes.filter(({ audit }) => audit !== undefined).map(({ name }) => name);
    expect(named).toEqual(
      expect.arrayContaining(['getManifest', 'issueLinks', 'getUrl', 'listAudit']),
    );
    expect(reads.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['getManifest', 'listAudit', 'verifyAudit', 'listOperatorAudit']),
    );
  });

  test('names only parameters that the path has', () => {
    const wrong = routes.filter(({ path, audit }) =>
      [audit?.target?.param, audit?.tenantParam].some(
        (param) => param !== undefined && !path.includes(`{${param}}`),
      ),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

describe('S35 K8 an act', () => {
  for (const route of acts) {
    const own = route.scope === 'operator' ? operatorChain : ids.tenant;

    test(`${route.name} has an event before and one after, with who, what and where`, async () => {
      const world = fakeWorld();
      const got = await call(world, route);
      expect(got.status).toBeLessThan(300);
      const tenantToo =
        operatorsTenant[route.name] ?? (route.name === 'createTenant' ? ids.tenant : undefined);
      expect(resultsOf(world)).toEqual([
        [own, 'attempted'],
        [own, 'success'],
        ...(tenantToo === undefined ? [] : [[tenantToo, 'success']]),
      ]);
      for (const { facts } of world.events) {
        expect(facts).toMatchObject({
          action: route.audit?.action,
          actor: { addressPrefix: '203.0.113.0/24' },
          request: { id: 'r-1', route: route.name },
        });
      }
      const end = world.events[1]?.facts;
      expect(end?.target?.type).toBe(route.audit?.target?.type);
      expect(end?.target?.id).toMatch(/^[0-9A-Za-z-]+$/);
      expect(end?.details?.fields ?? []).toEqual(Object.keys(bodies[route.name] ?? {}));
    });

    test(`${route.name} ties its events together by an id that the caller does not choose`, async () => {
      const world = fakeWorld();
      await call(world, route);
      const first = world.events.map(({ facts }) => facts.request?.act);
      await call(world, route);
      const second = world.events.slice(first.length).map(({ facts }) => facts.request?.act);
      expect([new Set(first).size, new Set(second).size]).toEqual([1, 1]);
      expect(second[0]).toMatch(/^[0-9a-f-]{36}$/);
      expect(second[0]).not.toBe(first[0]);
    });

    test(`S37 ${route.name} does not happen when the log does not answer`, async () => {
      const world = fakeWorld();
      const audit = {
        ...world.services.audit,
        record: async () => {
          throw new SluiceError('audit_unavailable', { internal: 'CANARY-internal-text' });
        },
      };
      const down = fakeWorld({ audit });
      const got = await call(down, route);
      expect([got.status, got.json['code']]).toEqual([503, 'audit_unavailable']);
      expect(got.headers.get('retry-after')).not.toBeNull();
      expect(down.calls).toEqual([]);
    });

    test(`S37 ${route.name} is not answered when its outcome cannot be logged`, async () => {
      const world = fakeWorld();
      const { audit } = world.services;
      const half = fakeWorld({
        audit: {
          ...audit,
          record: async (chain, facts) => {
            if (facts.outcome.result !== 'attempted') throw new SluiceError('audit_unavailable');
            await audit.record(chain, facts);
          },
        },
      });
      const got = await call(half, route);
      expect([got.status, got.json['code']]).toEqual([503, 'audit_unavailable']);
      expect(got.json['detail']).toContain('look before you ask for it again');
      expect(got.text).not.toMatch(/whsec_|slc_|sig=/);
      expect(resultsOf(world)).toEqual([[own, 'attempted']]);
    });
  }

  const withIds = acts.filter(({ scope, path }) => scope !== 'operator' && path.includes('{'));
  test.each(withIds.map((route) => [route.name, route] as const))(
    'S1 %s on a foreign or a missing id leaves the same events, on the caller’s chain',
    async (_, route) => {
      const outcomes = [];
      for (const id of [idOf(route.path), ids.missing]) {
        const world = fakeWorld();
        await client(world)(route.method, route.path.replace(/\{\w+\}/, id), {
          credential: ownerOf(route, ids.neighbour),
          ...(bodies[route.name] === undefined ? {} : { body: bodies[route.name] }),
        });
        expect(new Set(world.events.map(({ chain }) => chain))).toEqual(new Set([ids.neighbour]));
        outcomes.push(world.events.map(({ facts }) => facts.outcome));
      }
      expect(outcomes[0]).toEqual(outcomes[1]);
      expect(outcomes[0]).toEqual([
        { result: 'attempted' },
        { result: 'failure', reason: 'not_found' },
      ]);
    },
  );
});

describe('S35 K8 a read', () => {
  test.each(reads.map((route) => [route.name, route] as const))(
    '%s has one event, before the answer; without it nothing is given out',
    async (_, route) => {
      const world = fakeWorld();
      expect((await call(world, route)).status).toBe(200);
      const chain = route.scope === 'operator' ? operatorChain : ids.tenant;
      expect(resultsOf(world)).toEqual([[chain, 'success']]);
      const audit = {
        ...world.services.audit,
        record: async () => {
          throw new SluiceError('audit_unavailable');
        },
      };
      const got = await call(fakeWorld({ audit }), route);
      expect([got.status, got.json['code']]).toEqual([503, 'audit_unavailable']);
    },
  );

  test('that finds nothing, and a look at a state, are no events', async () => {
    const world = fakeWorld();
    const send = client(world);
    await send('GET', `v1/exports/${ids.missing}/manifest`);
    await send('GET', `v1/exports/${ids.ready}`);
    await send('GET', 'v1/exports');
    expect(world.events).toEqual([]);
  });
});

describe('S4 S35 a refusal', () => {
  test.each(guarded.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s is noted: no credential, a wrong one, one without the right',
    async (_, route) => {
      const path = route.path.replace(/\{\w+\}/, ids.ready);
      const other = route.scope === 'operator' ? credentials.owner : credentials.operator;
      for (const [credential, reason, kind] of [
        ['', 'unauthenticated', undefined],
        [credentials.unknown, 'unauthenticated', undefined],
        [other, 'forbidden', route.scope === 'operator' ? 'key' : 'operator'],
      ] as const) {
        const world = fakeWorld();
        await client(world)(route.method, path, { credential, headers: { 'x-request-id': 'r-1' } });
        expect(world.events).toEqual([]);
        expect(world.denials.map((denial) => [denial.reason, denial.principal?.kind])).toEqual([
          [reason, kind],
        ]);
        expect(world.denials[0]?.request).toEqual({ id: 'r-1', route: route.name });
      }
    },
  );

  test('S12 a key in the URL is noted for its tenant', async () => {
    const world = fakeWorld();
    await client(world)('GET', `v1/exports?key=${credentials.owner}`, { credential: '' });
    expect(world.denials).toEqual([
      {
        reason: 'key_in_url',
        request: { id: expect.any(String), route: 'listExports' },
        credential: credentials.owner,
      },
    ]);
  });

  test('stays what it is when it cannot be noted', async () => {
    const world = fakeWorld({
      recordDenial: async () => {
        throw new SluiceError('audit_unavailable');
      },
    });
    const got = await client(world)('GET', 'v1/exports', { credential: credentials.unknown });
    expect(got.json['code']).toBe('unauthenticated');
    expect(world.logs.map(({ message }) => message)).toContain('a refusal could not be logged');
  });
});

test('S7 S25 no event holds a secret, a link or what was presented', async () => {
  for (const route of [...acts, ...reads]) {
    const world = fakeWorld();
    await call(world, route);
    const text = JSON.stringify(world.events);
    expect(text).not.toMatch(/slc_|whsec_|sig=|CANARY|https?:/);
  }
});
