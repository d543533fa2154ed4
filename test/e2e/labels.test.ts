import { beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { exportItem, exportListAnswer } from '../../lib/api/exports.ts';
import { problemAnswer } from '../../lib/api/problem.ts';
import { tablesAnswer } from '../../lib/api/tables.ts';
import { ownerScopes } from '../../lib/core/principal.ts';
import type { Answer, Tenant } from './support/api.ts';
import { api } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

let owner: Tenant;
/** The same tenant, by a key that is limited to one system. */
let crm: Tenant;
let whollyId: string;
let mixedId: string;

beforeAll(async () => {
  owner = await api.tenant(sourceIds.alpha);
  crm = await api.anotherKey(owner, { labels: { system: ['crm'] } });
  mixedId = (await api.run(owner, ['people', 'nothing_yet'])).id;
  whollyId = (await api.run(owner, ['people'])).id;
});

test('K11 a key with labels is shown the tables that match, and nothing of what is left out', async () => {
  const shown = async ({ key }: Tenant) =>
    (await api.call('GET', 'v1/tables', { key })).as(tablesAnswer);
  const seen = await shown(crm);
  expect(seen.tables.map(({ name }) => name)).toEqual(['people']);
  expect(seen.excluded).toEqual([]);
  expect((await shown(owner)).excluded).toHaveLength(1);
});

test('K11 "all" are all tables that the key may see', async () => {
  const started = await api.call('POST', 'v1/exports', { key: crm.key, json: { tables: 'all' } });
  const { id } = started.as(exportItem.loose());
  const done = await api.finished(crm, id);
  expect([done.status, done.tables.map(({ name }) => name)]).toEqual(['ready', ['people']]);
});

test('K11 a table that the key may not see is unknown like one that does not exist', async () => {
  const refusal = async (name: string) => {
    const json = { tables: [{ name: 'people' }, { name }] };
    const answer = await api.call('POST', 'v1/exports', { key: crm.key, json });
    answer.problem(422, 'unknown_table');
    return JSON.stringify(comparable(answer)).replaceAll(name, '');
  };
  expect(await refusal('nothing_yet')).toBe(await refusal('nothing_new'));
});

const ofOneExport = routes.filter(
  ({ path }) => path.startsWith('v1/exports/{id}') || path.startsWith('dataegress/'),
);

/** Asks for an export on one route, and for one that never was; both must be told the same. */
async function expectHidden(
  caller: Tenant,
  hiddenId: string,
  { name, method, path }: Pick<(typeof routes)[number], 'name' | 'method' | 'path'>,
): Promise<void> {
  const json = { files: [{ name: 'people-00001.csv.gz', sha256: 'a'.repeat(64) }] };
  const ask = (id: string) =>
    api.call(method, path.replace(/\{\w+\}/, id), {
      key: caller.key,
      ...(name === 'noteFetched' ? { json } : {}),
    });
  const missingId = hiddenId.replace(/.$/, (last) => (last === 'z' ? 'y' : 'z'));
  const [hidden, missing] = [await ask(hiddenId), await ask(missingId)];
  hidden.problem(404, 'not_found');
  expect(comparable(hidden)).toEqual(comparable(missing));
}

describe('K9 S4 a key of every scope but audit:read, and the table audit_log', () => {
  let analyst: Tenant;
  let logId: string;
  const oneIn = (names: readonly string[]) => names.filter((name) => name === 'audit_log');

  beforeAll(async () => {
    const scopes = ownerScopes.filter((scope) => scope !== 'audit:read');
    analyst = await api.anotherKey(owner, { scopes });
    logId = (await api.run(owner, ['people', 'audit_log'])).id;
  });

  test('is not shown the table; the owner is', async () => {
    const namesFor = async ({ key }: Tenant) =>
      (await api.call('GET', 'v1/tables', { key })).as(tablesAnswer).tables.map((one) => one.name);
    expect(oneIn(await namesFor(analyst))).toEqual([]);
    expect(oneIn(await namesFor(owner))).toEqual(['audit_log']);
    expect(oneIn(await namesFor(crm))).toEqual([]);
  });

  test('cannot name it, and does not get it with "all"', async () => {
    const ask = (tables: unknown) =>
      api.call('POST', 'v1/exports', { key: analyst.key, json: { tables } });
    const named = await ask([{ name: 'audit_log' }]);
    const unknown = await ask([{ name: 'audit_lot' }]);
    named.problem(422, 'unknown_table');
    expect(JSON.stringify(comparable(named)).replaceAll('audit_log', 'audit_lot')).toBe(
      JSON.stringify(comparable(unknown)),
    );
    const { id } = (await ask('all')).as(exportItem.loose());
    const { tables } = await api.export(analyst, id);
    expect(tables.length).toBeGreaterThan(3);
    expect(oneIn(tables.map(({ name }) => name))).toEqual([]);
    await api.call('POST', `v1/exports/${id}/cancel`, { key: analyst.key });
  });

  test.each(ofOneExport.map(({ name, method, path }) => ({ name, method, path })))(
    'is told of an export of it as of a missing one: $method $path',
    (route) => expectHidden(analyst, logId, route),
  );

  test('does not find it in the list; the owner does, whole', async () => {
    const idsFor = async ({ key }: Tenant) =>
      (await api.call('GET', 'v1/exports?limit=200', { key }))
        .as(exportListAnswer)
        .items.map(({ id }) => id);
    expect(await idsFor(analyst)).not.toContain(logId);
    expect(await idsFor(owner)).toContain(logId);
    expect((await api.export(owner, logId)).status).toBe('ready');
  });
});

describe('K11 S2 an export that the key may not see answers exactly like a missing id', () => {
  test('on every route there is', () => {
    expect(ofOneExport.length).toBeGreaterThanOrEqual(9);
  });

  test.each(ofOneExport.map(({ name, method, path }) => ({ name, method, path })))(
    '$method $path',
    (route) => expectHidden(crm, mixedId, route),
  );

  test('and is none the worse for it', async () => {
    const found = await api.export(owner, mixedId);
    expect([found.status, found.attempt, found.fetched]).toEqual(['ready', 1, undefined]);
    const links = await api.call('GET', `v1/exports/${mixedId}/links`, { key: owner.key });
    expect(links.as(exportListAnswer.loose()).items).toEqual([]);
  });
});

test('K11 an export that matches works as ever', async () => {
  expect((await api.export(crm, whollyId)).status).toBe('ready');
  expect((await api.links(crm, whollyId)).files).toHaveLength(1);
  const manifest = await api.call('GET', `v1/exports/${whollyId}/manifest`, { key: crm.key });
  expect(manifest.status).toBe(200);
});

test('K11 lists are full pages of what matches', async () => {
  for (const tables of [['nothing_yet'], ['people'], ['people', 'nothing_yet'], ['people']]) {
    await api.run(owner, tables);
  }
  const pages: (readonly string[])[] = [];
  let cursor = '';
  do {
    const path = `v1/exports?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page = (await api.call('GET', path, { key: crm.key })).as(exportListAnswer);
    pages.push(page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? '';
  } while (cursor !== '');
  expect(pages.slice(0, -1).map(({ length }) => length)).toEqual(pages.slice(1).map(() => 2));
  expect(pages.at(-1)).not.toEqual([]);
  expect(pages.flat()).toContain(whollyId);
  expect(pages.flat()).not.toContain(mixedId);
  for (const id of pages.flat()) {
    expect((await api.export(owner, id)).tables.map(({ name }) => name)).toEqual(['people']);
  }
  expect(pages.flat().length).toBeGreaterThanOrEqual(3);
});

test('K11 the same Idempotency-Key under other labels is another export', async () => {
  const start = async ({ key }: Tenant) => {
    const headers = { 'idempotency-key': 'nightly' };
    const json = { tables: [{ name: 'people' }] };
    const answer = await api.call('POST', 'v1/exports', { key, json, headers });
    return answer.as(exportItem.loose()).id;
  };
  const ids = [await start(owner), await start(crm), await start(owner), await start(crm)];
  expect(new Set(ids).size).toBe(2);
  for (const id of new Set(ids)) await api.finished(owner, id);
});

/** Everything but what differs with every call; how many links are left is the key's own business. */
function comparable(answer: Answer): object {
  const { requestId, ...body } = answer.as(problemAnswer);
  const differing = /^(date|x-request-id|ratelimit)$/;
  const headers = [...answer.headers].filter(([name]) => !differing.test(name));
  return { status: answer.status, body, headers, length: requestId.length };
}
