import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../../functions/http/route.ts';
import { routes } from '../../../functions/http/routes.ts';
import { announceState } from '../../../lib/core/exports/announce-export.ts';
import { closeExport } from '../../../lib/core/exports/close-export.ts';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import type { ExportWork } from '../../../lib/core/exports/starter.ts';
import { roleScopes, type UserPrincipal } from '../../../lib/core/principal.ts';
import { deleteExport } from '../../../lib/core/retention/delete-export.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';
import { differences, storedState } from '../../support/stored-state.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';
import { openWholeApp, type WholeApp } from '../../support/whole-app.ts';
import { notingStarter } from '../../support/workshop.ts';

const started = notingStarter();
/** A token that stands for a person with every right in the other tenant. */
const person = 'aaa.bbb.ccc';

let app: WholeApp;
let receiver: WebhookReceiver;
/** What belongs to `alpha`, by the word that its routes have in their path. */
let owned: Readonly<Record<string, readonly string[]>>;
let alphaKey: string;
let betaKey: string;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  const beta: UserPrincipal = {
    kind: 'user',
    userId: 'b',
    role: 'owner',
    tenantId: 'beta',
    scopes: roleScopes.owner,
    signedInAt: new Date(),
  };
  app = await openWholeApp({
    schema: `create table good (id integer primary key, tenant_id text);
      insert into good values (1, 'alpha'), (2, 'beta');`,
    tables: ['good', 'missing'].map((name) => ({
      name,
      source: 'app',
      from: name,
      tenant: { column: 'tenant_id', rls: false, schema: false },
      key: ['id'],
      labels: {},
    })),
    starter: started.starter,
    replace: { signIn: async () => beta },
  });
  for (const id of ['alpha', 'beta']) {
    const made = await operator('createTenant', { body: { id, name: id } });
    expect(made.status).toBe(201);
  }
  [alphaKey, betaKey] = await Promise.all([keyOf('alpha'), keyOf('beta')]);
  owned = await fill();
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await receiver.stop();
});

const operator = (name: string, asked: { body?: unknown; params?: Record<string, string> }) =>
  app.call(name, { credential: app.operatorKey, ...asked });

async function keyOf(tenantId: string): Promise<string> {
  const made = await operator('createTenantKey', {
    params: { id: tenantId },
    body: { name: 'first' },
  });
  return String(made.json['key']);
}

/** One of everything that somebody could want to get at, exports in every state. */
async function fill() {
  const endpoint = await app.call('createWebhook', {
    credential: alphaKey,
    body: { url: receiver.url, events: ['export.completed', 'export.deleted'] },
  });
  const exports = {
    pending: await accepted(['good']),
    running: await planned(['good']),
    ready: await ended(['good']),
    partial: await ended(['good', 'missing']),
    failed: await ended(['missing']),
    deleted: await ended(['good']),
  };
  await deleteExport(app.work, { ...exports.deleted, reason: 'request' }, started.starter);
  const record = await app.work.exports.find('alpha', exports.ready.exportId);
  if (record === undefined) throw new Error('no export');
  await announceState(app.work, record.value, started.starter);
  const receipts = await app.call('listReceipts', { credential: alphaKey });
  const keys = await app.call('listKeys', { credential: alphaKey });
  const deliveries = started.deliveries;
  expect(deliveries.length).toBeGreaterThan(0);
  return {
    exports: Object.values(exports).map(({ exportId }) => exportId),
    dataegress: [exports.ready.exportId],
    webhooks: [String(endpoint.json['id'])],
    deliveries,
    receipts: idsOf(receipts.json),
    keys: idsOf(keys.json),
    operator: ['alpha'],
  };
}

function idsOf({ items }: Readonly<Record<string, unknown>>): readonly string[] {
  const ids = (items as readonly { readonly id: string }[]).map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(0);
  return ids;
}

async function accepted(tables: readonly string[]): Promise<ExportWork> {
  const body = { tables: tables.map((name) => ({ name })) };
  const { json } = await app.call('createExport', { credential: alphaKey, body });
  return { tenantId: 'alpha', exportId: String(json['id']), attempt: 1 };
}

async function planned(tables: readonly string[]): Promise<ExportWork> {
  const work = await accepted(tables);
  await planExport(app.work, work);
  return work;
}

async function ended(tables: readonly string[]): Promise<ExportWork> {
  const work = await planned(tables);
  for (const table of tables.keys()) await exportTable(app.work, { ...work, table });
  await closeExport(app.work, work);
  return work;
}

/** Bodies that get past the schema, so that the ids are looked at. */
const bodies: Readonly<Record<string, unknown>> = {
  noteFetched: { files: [{ name: 'good-00001.csv.gz', sha256: 'e'.repeat(64) }] },
  updateWebhook: { events: ['export.failed'] },
  createTenantKey: { name: 'another' },
  updateTenant: { issuers: [] },
};

const withIds = routes.filter(({ path }) => path.includes('{'));
const isOperators = ({ scope }: Route) => scope === 'operator';
const kindOf = ({ path }: Route) =>
  Object.keys(owned).find((word) => path.split('/').includes(word)) ?? '';

/** Each letter moved on: a name of the right form that nobody has. */
const madeUp = (id: string) => id.replace(/[a-y0-8]/, (one) => nextAfter(one));
const nextAfter = (one: string) => String.fromCharCode(one.charCodeAt(0) + 1);

/** The log alone tells of the call, and the caller's own key of its use. */
function isTold(address: string): boolean {
  return address.startsWith('audit/') || address.startsWith('keyUses/');
}

/** Holds all that is stored, and all that was started, against what it was before. */
async function expectUntouched(act: () => Promise<void>): Promise<void> {
  const before = await storedState(app.azurite);
  const orders = startedSoFar();
  await act();
  const changed = differences(before, await storedState(app.azurite));
  expect(changed.filter((address) => !isTold(address))).toEqual([]);
  expect(startedSoFar()).toEqual(orders);
}

function startedSoFar(): object {
  const { exports, deliveries, purged } = started;
  return { exports: [...exports], deliveries: [...deliveries], purged: [...purged] };
}

describe('K3 S2 a foreign or made-up id changes nothing, in no table and no container', () => {
  test.each(withIds)('$method $path', async (route) => {
    const ids = owned[kindOf(route)] ?? [];
    expect(ids.length).toBeGreaterThan(0);
    const foreign = isOperators(route) ? [] : ids;
    await expectUntouched(async () => {
      for (const id of [...foreign, ...ids.map(madeUp)]) await expectRefused(route, id);
    });
  });
});

async function expectRefused({ name, path, scope }: Route, id: string): Promise<void> {
  const params = Object.fromEntries(paramsOf(path).map((param) => [param, id]));
  const body = bodies[name];
  const ask = (credential: string) => app.call(name, { credential, params, body });
  if (scope === 'operator') return expect((await ask(app.operatorKey)).status).toBe(404);
  // A key may be refused for being one before its ids are looked at.
  expect([403, 404]).toContain((await ask(betaKey)).status);
  expect((await ask(person)).status).toBe(404);
}

describe('X2 what the owner is refused changes nothing either', () => {
  const cases = [
    ['retryExport', ['pending', 'running', 'ready', 'deleted']],
    ['cancelExport', ['ready', 'partial', 'failed', 'deleted']],
    ['deleteExport', ['pending', 'running']],
  ] as const;
  test.each(cases)('%s', async (name, states) => {
    const order = ['pending', 'running', 'ready', 'partial', 'failed', 'deleted'];
    await expectUntouched(async () => {
      for (const state of states) {
        const params = { id: owned['exports']?.[order.indexOf(state)] ?? '' };
        const { status } = await app.call(name, { credential: alphaKey, params });
        expect(status).toBe(409);
      }
    });
  });
});

function paramsOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}
