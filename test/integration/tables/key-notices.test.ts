import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuditLog } from '../../../lib/core/audit/audit-log.ts';
import { announceExpiring } from '../../../lib/core/keys/announce-expiring.ts';
import { createKeyService } from '../../../lib/core/keys/key-service.ts';
import { createNotifier } from '../../../lib/core/webhooks/announce.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { changingSecrets } from '../../support/memory-keys.ts';
import { stampIn } from '../../support/residency.ts';
import { collect, freshStores } from './fresh-stores.ts';
import { at, endpointOf, tenantOf } from './samples.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const dayMs = 86_400_000;
const log = { info: () => {}, warn: () => {}, error: () => {} };

test('L8 two timers at once and one after them give each listening endpoint one notice', async () => {
  const stores = freshStores(azurite.connectionString);
  await stores.tenants.insert(tenantOf('acme'));
  await stores.endpoints.insert(endpointOf('ep1', { events: ['key.expiring'] }));
  await stores.endpoints.insert(endpointOf('ep2', { events: ['export.completed'] }));
  const secrets = changingSecrets({ 'sluice-key-pepper': randomBytes(32).toString('base64') });
  let now = at(0);
  const clock = () => now;
  const residency = stampIn('westeurope', stores.tenants);
  const audit = createAuditLog({ store: stores.auditRows, clock, random: Math.random });
  const notifier = createNotifier(stores);
  const deps = { ...stores, secrets, clock, log, residency, audit, notifier };
  const service = createKeyService({ ...deps, environment: 'live' });
  const operator = { kind: 'operator', scopes: ['operator'] } as const;
  const { record } = await service.create(operator, {
    tenantId: 'acme',
    name: 'nightly pull',
    expiresInDays: 30,
  });
  const started: string[] = [];
  const starter = {
    startDelivery: async ({ deliveryId }: { readonly deliveryId: string }) => {
      started.push(deliveryId);
    },
  };
  const fire = () =>
    announceExpiring({ ...stores, notifier: createNotifier(stores), clock, log }, starter);

  now = at(15 * dayMs);
  expect(await fire()).toEqual({ announced: 0, failed: 0 });
  now = at(16 * dayMs);
  await Promise.all([fire(), fire()]);
  expect(await fire()).toEqual({ announced: 0, failed: 0 });

  const deliveries = await collect(stores.deliveries.scan('acme', {}));
  expect(deliveries.map(({ endpointId, type }) => [endpointId, type])).toEqual([
    ['ep1', 'key.expiring'],
  ]);
  expect(new Set(started)).toEqual(new Set(deliveries.map(({ id }) => id)));
  expect(JSON.parse(deliveries[0]?.body ?? '')).toEqual({
    type: 'key.expiring',
    timestamp: '2026-03-17T00:00:00.000Z',
    sequence: 1,
    tenantId: 'acme',
    keyId: record.id,
    keyName: 'nightly pull',
    expiresAt: '2026-03-31T10:00:00.000Z',
  });
});
