import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tenantAnswer } from '../../lib/api/operator.ts';
import { formatKey } from '../../lib/core/keys/key-format.ts';
import { type IdentityProvider, startIdentityProvider } from '../support/identity-provider.ts';
import { waitFor } from '../support/wait-for.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import type { Tenant } from './support/api.ts';
import { type RunningStamp, startStamp } from './support/stamps.ts';
import { makeOld, runTimer } from './support/timers.ts';
import { sourceIds } from './support/vendor-database.ts';

const west = { region: 'westeurope', url: 'https://west.example.com' };
const north = { region: 'northeurope', url: 'https://north.example.com' };
const inWest = { SLUICE_ENVIRONMENT: 'weu', SLUICE_REGION: west.region };
const inNorth = { SLUICE_ENVIRONMENT: 'neu', SLUICE_REGION: north.region };

let folder: string;
let provider: IdentityProvider;
let receiver: WebhookReceiver;
let weu: RunningStamp;
let neu: RunningStamp;
/** A tenant in the west with an export. */
let alpha: Tenant;
let exportId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-residency-'));
  [provider, receiver] = await Promise.all([startIdentityProvider(), startWebhookReceiver()]);
  const { issuer, audience } = provider;
  const people = { authorizedParties: ['portal'], tenantClaim: 'org', roleClaim: 'groups' };
  const issuers = [{ issuer, audience, ...people, roles: { owners: 'owner' } }];
  const signIn = { SLUICE_ISSUERS: JSON.stringify(issuers) };
  weu = await startStamp(folder, 'weu', {
    ...inWest,
    ...signIn,
    SLUICE_OTHER_STAMPS: JSON.stringify({ neu: north }),
  });
  neu = await startStamp(folder, 'neu', {
    ...inNorth,
    ...signIn,
    SLUICE_OTHER_STAMPS: JSON.stringify({ weu: west }),
  });
  alpha = await weu.api.tenant(sourceIds.alpha);
  exportId = (await weu.api.run(alpha, ['people'])).id;
});

afterAll(async () => {
  await weu[Symbol.asyncDispose]();
  await neu[Symbol.asyncDispose]();
  await receiver.stop();
  await provider[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const logOf = (stamp: RunningStamp) => readFile(stamp.logFile, 'utf8');

/** The row as it would be if the storage had been copied from another region. */
async function moveRow(stamp: RunningStamp, tenantId: string, region: string): Promise<void> {
  const row = { partitionKey: 'tenant', rowKey: tenantId, region };
  await stamp.table('tenants').updateEntity(row, 'Merge');
}

describe('K4 a key of the west in the north', () => {
  test('is refused on every kind of route, with the region and the address of its own stamp', async () => {
    for (const [method, path] of [
      ['GET', 'v1/exports'],
      ['GET', `v1/exports/${exportId}`],
      ['POST', 'v1/exports'],
      ['POST', `v1/exports/${exportId}/links`],
      ['DELETE', `v1/exports/${exportId}`],
      ['GET', `dataegress/geturl/${exportId}`],
      ['GET', 'v1/auth/me'],
      ['GET', 'v1/operator/tenants'],
    ] as const) {
      const answer = await neu.api.call(method, path, { key: alpha.key });
      const { detail } = answer.problem(421, 'wrong_region');
      expect(detail).toBe(
        'Keys like this one are served in the region westeurope. Use https://west.example.com.',
      );
    }
    expect((await weu.api.call('GET', `v1/exports/${exportId}`, { key: alpha.key })).status).toBe(
      200,
    );
  });

  test('tells nobody whether there is such a key: a made-up one gets the same answer', async () => {
    const made = formatKey({ environment: 'weu', id: '0'.repeat(12), secret: 'x'.repeat(43) });
    const headers = { 'x-request-id': 'same' };
    const ask = (key: string) => neu.api.call('GET', 'v1/exports', { key, headers });
    const [real, madeUp] = [await ask(alpha.key), await ask(made)];
    expect([madeUp.status, madeUp.text]).toEqual([real.status, real.text]);
    const unknown = formatKey({ environment: 'eus', id: '0'.repeat(12), secret: 'x'.repeat(43) });
    (await ask(unknown)).problem(401, 'unauthenticated');
    (await ask(`${made.slice(0, -6)}000000`)).problem(401, 'unauthenticated');
  });

  test('leaves nothing of its tenant in the north, not even its id in the log', async () => {
    const keyId = alpha.key.split('_')[2] ?? '';
    const [there, here] = [await weu.dump(), await neu.dump()];
    for (const trace of [alpha.id, keyId, exportId]) {
      expect([trace, there.includes(trace), here.includes(trace)]).toEqual([trace, true, false]);
    }
    expect(here).toContain('wrong_region');
    expect(await logOf(neu)).not.toContain(alpha.id);
    expect(await logOf(neu)).not.toContain(keyId);
  });
});

describe('K4 a row of another region in the storage of the north', () => {
  let copied: Tenant;
  const detail = 'This tenant belongs to the region westeurope. Use https://west.example.com.';

  beforeAll(async () => {
    copied = await neu.api.tenant(sourceIds.beta);
    await moveRow(neu, copied.id, west.region);
  });

  test('opens nothing to a good key of the tenant', async () => {
    for (const path of ['v1/exports', 'v1/tables', 'v1/audit']) {
      const answer = await neu.api.call('GET', path, { key: copied.key });
      expect(answer.problem(421, 'wrong_region').detail).toBe(detail);
    }
  });

  test('opens nothing to its people; a tenant that has no row here is unknown', async () => {
    const signedIn = async (org: string) => {
      const { accessToken } = await provider.signIn('ada', { org, groups: ['owners'] });
      return neu.api.call('GET', 'v1/exports', { key: accessToken });
    };
    expect((await signedIn(copied.id)).problem(421, 'wrong_region').detail).toBe(detail);
    (await signedIn(alpha.id)).problem(401, 'unauthenticated');
  });

  test('shows the operator where it belongs, and gets no key, no provider and no other region', async () => {
    const { operatorKey: key } = neu.api;
    const path = `v1/operator/tenants/${copied.id}`;
    const shown = (await neu.api.call('GET', path, { key })).as(tenantAnswer);
    expect(shown.region).toBe(west.region);
    const json = { name: 'another' };
    const made = await neu.api.call('POST', `${path}/keys`, { key, json });
    expect(made.problem(421, 'wrong_region').detail).toBe(detail);
    const changed = await neu.api.call('PATCH', path, { key, json: { issuers: [] } });
    expect(changed.problem(421, 'wrong_region').detail).toBe(detail);
    const wish = { name: 'Gamma', region: west.region };
    const refused = await neu.api.call('POST', 'v1/operator/tenants', { key, json: wish });
    refused.problem(400, 'invalid_body');
  });
});

test('K4 an export and its announcement wait untouched while a stamp is in the wrong region, and are not lost', async () => {
  await weu.api.webhook(alpha, { url: receiver.url, events: ['export.completed'] });
  const running = await weu.api.start(alpha, ['slow']);
  await waitFor(
    'the table to be read',
    async () => {
      const { tables } = await weu.api.export(alpha, running);
      return tables.some(({ status }) => status === 'running') ? true : undefined;
    },
    30_000,
  );
  await weu.restart({ SLUICE_REGION: 'francecentral' });
  const refused = await weu.api.call('GET', `v1/exports/${running}`, { key: alpha.key });
  expect(refused.problem(421, 'wrong_region').detail).toBe(
    'This tenant belongs to the region westeurope. Ask your vendor for its address.',
  );
  const leftOut = 'a step was left out, because its tenant belongs to another region';
  // Wherever the restart met the export, the announcement is the last of its steps.
  const isLast = (line: string) => line.includes(leftOut) && line.includes('"announce"');
  await waitFor(
    'all steps to be left out',
    async () => (await logOf(weu)).split('\n').find(isLast),
    60_000,
  );
  await makeOld(weu.backends.azurite, [running]);
  const looked = async () => (await logOf(weu)).split('queue measured').length;
  const lookedBefore = await looked();
  await runTimer(weu.host.url, 'watchdog');
  await waitFor(
    'the watchdog to have looked',
    async () => ((await looked()) > lookedBefore ? true : undefined),
    30_000,
  );
  const row = await weu.table('exports').getEntity(alpha.id, running);
  expect(row).toMatchObject({ status: 'processing', attempt: 1n });
  expect(receiver.requests).toEqual([]);

  await weu.restart();
  await waitFor(
    'the watchdog to take the export up',
    async () => {
      await runTimer(weu.host.url, 'watchdog');
      await delay(1_000);
      const { status } = await weu.api.export(alpha, running);
      return status === 'ready' ? true : undefined;
    },
    // The interrupted table counts as being read for a minute.
    150_000,
  );
  const told = await receiver.next(({ body }) => body.includes(running), 60_000);
  expect(JSON.parse(told.body.toString())).toMatchObject({
    type: 'export.completed',
    invocationId: running,
    rows: 100_000,
  });
});
