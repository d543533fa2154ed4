import { expect, test } from 'vitest';
import { type AuditFacts, operatorChain } from '../../../lib/core/audit/audit-event.ts';
import { createRecordDenial, type Denial } from '../../../lib/core/audit/denials.ts';
import { formatKey } from '../../../lib/core/keys/key-format.ts';

const keyId = 'A1b2C3d4E5f6';
const keyOf = (id: string) => formatKey({ environment: 'test', id, secret: 'x'.repeat(43) });

function world() {
  const events: { readonly chain: string; readonly key?: string; readonly facts: AuditFacts }[] =
    [];
  const time = { now: new Date('2026-11-20T12:00:00Z') };
  const recordDenial = createRecordDenial({
    audit: {
      record: async (chain, facts) => void events.push({ chain, facts }),
      recordOnce: async (chain, key, facts) =>
        void events.push({ chain, key: key.join(' '), facts }),
    },
    environment: 'test',
    tenantOfKey: async (id) => (id === keyId ? 'acme' : undefined),
    clock: () => time.now,
  });
  const deny = (change: Partial<Denial> = {}) =>
    recordDenial({
      reason: 'unauthenticated',
      request: { id: 'r-1', route: 'getExport' },
      addressPrefix: '203.0.113.0/24',
      ...change,
    });
  return { events, time, deny };
}

test('S35 a good credential that may not is named on its own chain', async () => {
  const { events, deny } = world();
  const principal = { kind: 'key', tenantId: 'acme', keyId, scopes: [] } as const;
  await deny({ reason: 'forbidden', principal });
  const facts = {
    action: 'auth.deny',
    actor: { type: 'key', id: keyId, addressPrefix: '203.0.113.0/24' },
    outcome: { result: 'denied', reason: 'forbidden' },
    request: { id: 'r-1', route: 'getExport' },
  };
  expect(events).toEqual([{ chain: 'acme', key: expect.stringContaining(keyId), facts }]);
});

test('S35 nobody floods a chain with a good key: one event per reason and minute, the rest counted', async () => {
  const { events, time, deny } = world();
  const principal = { kind: 'key', tenantId: 'acme', keyId, scopes: [] } as const;
  for (let index = 0; index < 600; index++) await deny({ reason: 'forbidden', principal });
  for (let index = 0; index < 940; index++) await deny({ reason: 'too_many_requests', principal });
  const reasons = () => events.map(({ facts }) => facts.outcome.reason);
  expect(reasons()).toEqual(['forbidden', 'too_many_requests']);
  time.now = new Date('2026-11-20T12:01:00Z');
  await deny({ reason: 'forbidden', principal });
  const counts = events.map(({ facts }) => facts.details?.count);
  expect(counts).toEqual([undefined, 599, 939]);
});

test('S35 strangers who knock a thousand times leave room for what a known key is refused', async () => {
  const { events, deny } = world();
  for (let index = 0; index < 1_000; index++) {
    await deny({ addressPrefix: `10.0.${index}.0/24`, credential: keyOf(keyId) });
  }
  const before = events.length;
  await deny({
    reason: 'forbidden',
    principal: { kind: 'key', tenantId: 'acme', keyId, scopes: [] },
  });
  expect(events.length).toBe(before + 1);
});

test('S35 a dead or wrong key of a tenant is an event of that tenant, and names no one', async () => {
  const { events, deny } = world();
  await deny({ credential: keyOf(keyId) });
  expect(events).toEqual([
    {
      chain: 'acme',
      key: expect.stringContaining(keyId),
      facts: {
        action: 'auth.deny',
        actor: { type: 'anonymous', id: 'anonymous', addressPrefix: '203.0.113.0/24' },
        target: { type: 'key', id: keyId },
        outcome: { result: 'denied', reason: 'unauthenticated' },
        request: { id: 'r-1', route: 'getExport' },
      },
    },
  ]);
});

test('S35 what leads nowhere goes to the operator, and nothing of what was presented is kept', async () => {
  const { events, deny } = world();
  await deny({ credential: 'hunter2-hunter2' });
  await deny({ credential: keyOf('unknown00000'), addressPrefix: '198.51.100.0/24' });
  expect(events.map(({ chain }) => chain)).toEqual([operatorChain, operatorChain]);
  expect(JSON.stringify(events)).not.toMatch(/hunter2|unknown00000|xxxx/);
});

test('S13 nobody floods a chain: one event per source and minute, and the rest is counted', async () => {
  const { events, time, deny } = world();
  for (let index = 0; index < 1_000; index++) await deny();
  expect(events.length).toBe(1);
  time.now = new Date('2026-11-20T12:01:00Z');
  await deny();
  expect(events.map(({ facts }) => facts.details)).toEqual([undefined, { count: 999 }]);
});

test('S13 nor from many sources: sixty events a minute on one chain at most', async () => {
  const { events, time, deny } = world();
  for (let index = 0; index < 5_000; index++) {
    await deny({ addressPrefix: `10.${index >> 8}.${index & 255}.0/24` });
  }
  expect(events.length).toBe(60);
  await deny({ credential: keyOf(keyId) });
  expect(events.at(-1)?.chain).toBe('acme');
  time.now = new Date('2026-11-20T12:01:00Z');
  await deny();
  expect(events.at(-1)?.facts.details).toEqual({ count: 4_940 });
});

test('K4 a key of another stamp is an event of the operator: its id means nothing here', async () => {
  const { events, deny } = world();
  const foreign = formatKey({ environment: 'other', id: keyId, secret: 'x'.repeat(43) });
  await deny({ reason: 'wrong_region', credential: foreign });
  expect(events).toMatchObject([
    { chain: operatorChain, facts: { outcome: { result: 'denied', reason: 'wrong_region' } } },
  ]);
  expect(JSON.stringify(events)).not.toContain(keyId);
});
