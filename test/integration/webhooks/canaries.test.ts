import { randomBytes } from 'node:crypto';
import { TableServiceClient } from '@azure/data-tables';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSettingsSecrets } from '../../../lib/adapters/secrets/settings-secrets.ts';
import { createOutbound } from '../../../lib/adapters/webhooks/outbound-client.ts';
import { asSluiceError } from '../../../lib/core/errors.ts';
import { createSealer } from '../../../lib/core/sealing/sealer.ts';
import { createTenant } from '../../../lib/core/tenants/create-tenant.ts';
import { createAnnouncer, createNotifier } from '../../../lib/core/webhooks/announce.ts';
import type { EndpointAuthInput } from '../../../lib/core/webhooks/auth-input.ts';
import { createDeliverer } from '../../../lib/core/webhooks/deliver.ts';
import { createEndpointService } from '../../../lib/core/webhooks/endpoints.ts';
import { createWebhookSender } from '../../../lib/core/webhooks/send-webhook.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { azuriteTable } from '../../support/azurite-table.ts';
import { notingMetrics } from '../../support/noting-metrics.ts';
import { startWebhookReceiver } from '../../support/webhook-receiver.ts';
import { recordingLog, sampleEvent } from '../../support/webhook-samples.ts';
import { freshStores, newPrefix } from '../tables/fresh-stores.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite[Symbol.asyncDispose]());

const canary = 'CANARY-3b7e-not-to-be-kept';
const answerCanary = 'CANARY-answer-of-the-receiver';

/** Everything over real tables and real connections, with everything that it writes into the log. */
async function wholeThing(prefix: string) {
  const stores = freshStores(azurite.connectionString, prefix);
  const secrets = createSettingsSecrets({
    SLUICE_SECRET_SLUICE_MASTER_KEY: randomBytes(32).toString('base64'),
  });
  const clock = () => new Date();
  const wish = { name: 'Acme', sourceId: 'a' };
  const made = { tenants: stores.tenants, secrets, clock, region: 'local' };
  const tenant = await createTenant(made, wish);
  const urlRules = { allowLoopback: true, extraPorts: [], ownHosts: [] };
  const log = recordingLog();
  const outbound = createOutbound({ urlRules, log });
  const sealer = createSealer({ secrets, tenants: stores.tenants });
  const sender = createWebhookSender({ outbound, sealer, clock });
  const notifier = createNotifier(stores);
  const metrics = notingMetrics();
  const random = Math.random;
  const deps = {
    ...stores,
    outbound,
    sealer,
    sender,
    notifier,
    clock,
    log,
    metrics,
    random,
    trustedHosts: [],
  };
  const service = createEndpointService({ ...deps, urlRules, destinations: outbound });
  return {
    tenantId: tenant.id,
    log,
    service,
    announcer: createAnnouncer(stores),
    deliverer: createDeliverer(deps),
  };
}

/** All rows of all tables with this prefix, as the storage has them. */
async function dump(prefix: string): Promise<string> {
  const { connectionString } = azurite;
  const tables = TableServiceClient.fromConnectionString(connectionString, {
    allowInsecureConnection: true,
  });
  const rows: string[] = [];
  for await (const { name = '' } of tables.listTables()) {
    if (!name.startsWith(prefix)) continue;
    for await (const row of azuriteTable(azurite, name).listEntities()) {
      rows.push(
        JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? `${value}` : value)),
      );
    }
  }
  return rows.join('\n');
}

const auths: readonly EndpointAuthInput[] = [
  { kind: 'basic', username: 'u', password: canary },
  { kind: 'bearer', token: canary },
  { kind: 'headers', headers: [{ name: 'x-api-key', value: canary }] },
  { kind: 'lakeside', secret: canary },
  {
    kind: 'oauth2',
    tokenUrl: 'http://127.0.0.1:1/',
    clientId: 'c',
    clientSecret: canary,
  },
];

test('L7 S7 neither the store nor the log ever holds a secret, nor an answer of a receiver', async () => {
  const prefix = newPrefix();
  const { tenantId, log, service, announcer, deliverer } = await wholeThing(prefix);
  const receiver = await startWebhookReceiver({
    answer: () => ({ status: 500, body: answerCanary, headers: { 'x-said': answerCanary } }),
  });
  const starter = { startDelivery: async () => undefined };
  const shown: string[] = [];
  const signing: string[] = [];
  for (const auth of auths) {
    const made = await service.create(tenantId, 'key:k1', { url: receiver.url, auth });
    const rotated = await service.rotateSecret(tenantId, made.endpoint.id, { overlapHours: 1 });
    signing.push(made.signingSecret, rotated.signingSecret);
    await service.verify(tenantId, made.endpoint.id, {}, starter);
    await service.test(tenantId, made.endpoint.id);
  }
  for (const id of await announcer.announce(sampleEvent({ tenantId, at: new Date() }))) {
    await deliverer.attempt(tenantId, id, starter);
  }
  const wrong = { kind: 'basic', username: 'a:b', password: `${canary}\n` } as const;
  await service
    .create(tenantId, 'key:k1', { url: receiver.url, auth: wrong, secret: `whsec_${canary}` })
    .catch((error: unknown) => shown.push(JSON.stringify(asSluiceError(error)), String(error)));
  await receiver.stop();
  const rows = await dump(prefix);
  // Each proof did go out, so there was something to leak.
  expect(receiver.challenges.map(({ headers }) => JSON.stringify(headers)).join()).toContain(
    canary,
  );
  expect(receiver.requests.length).toBeGreaterThan(auths.length);
  expect(shown).toHaveLength(2);
  expect(rows.split('\n').length).toBeGreaterThan(auths.length * 2);
  expect(rows).toContain('http_status');
  for (const text of [rows, log.lines.join('\n'), shown.join('\n')]) {
    for (const secret of [canary, btoa(`u:${canary}`), btoa(canary), answerCanary, ...signing]) {
      expect(text).not.toContain(secret);
    }
  }
});
