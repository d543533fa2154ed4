import { beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import type { Tenant } from './support/api.ts';
import { readCsv } from './support/download.ts';
import { manifestSchema } from './support/manifest.ts';
import { api, databaseAdminUrl } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

let alpha: Tenant;

beforeAll(async () => {
  alpha = await api.tenant(sourceIds.alpha);
});

describe('L9 X2 a failing table does not stop the others', () => {
  test('missing, too slow, unreachable and without its secret: each is named with its own code', async () => {
    const receiver = await startWebhookReceiver();
    await api.webhook(alpha, { url: receiver.url });
    const id = await api.start(alpha, ['people', 'missing', 'sleepy', 'unreachable', 'unsealed']);
    const done = await api.finished(alpha, id, 240_000);
    expect(done.status).toBe('partially_ready');
    const codes = done.tables.map(({ name, status, error }) => [name, status, error?.code]);
    expect(codes).toEqual([
      ['people', 'ready', undefined],
      ['missing', 'failed', 'table_missing'],
      ['sleepy', 'failed', 'statement_timeout'],
      ['unreachable', 'failed', 'source_unreachable'],
      ['unsealed', 'failed', 'secret_unavailable'],
    ]);
    const manifest = await api.call('GET', `v1/exports/${id}/manifest`, { key: alpha.key });
    const { status, tables, failedTables } = manifestSchema.parse(JSON.parse(manifest.text));
    expect(status).toBe('partially_ready');
    expect(tables.map(({ name }) => name)).toEqual(['people']);
    expect(failedTables.map(({ name }) => name)).toEqual([
      'missing',
      'sleepy',
      'unreachable',
      'unsealed',
    ]);
    // What is said of a failure names no host, no login and no statement.
    expect(manifest.text).not.toMatch(/127\.0\.0\.1|postgres:|select |password/i);
    const sent = await receiver.next(() => true, 30_000);
    expect(JSON.parse(sent.body.toString('utf8'))).toMatchObject({
      type: 'export.partially_completed',
      tables: ['people'],
      failedTables: [
        { name: 'missing', code: 'table_missing' },
        { name: 'sleepy', code: 'statement_timeout' },
        { name: 'unreachable', code: 'source_unreachable' },
        { name: 'unsealed', code: 'secret_unavailable' },
      ],
    });
    await receiver.stop();
  });

  test('when all fail the webhook is still sent, with an empty list, and nothing can be fetched', async () => {
    const receiver = await startWebhookReceiver();
    const fresh = await api.tenant(sourceIds.alpha);
    await api.webhook(fresh, { url: receiver.url });
    const done = await api.run(fresh, ['missing']);
    expect(done).toMatchObject({ status: 'failed', error: { code: 'table_missing' } });
    const sent = await receiver.next(() => true, 30_000);
    expect(JSON.parse(sent.body.toString('utf8'))).toMatchObject({
      type: 'export.failed',
      tables: [],
      failedTables: [{ name: 'missing', code: 'table_missing' }],
    });
    const links = await api.call('POST', `v1/exports/${done.id}/links`, { key: fresh.key });
    links.problem(409, 'not_ready');
    await receiver.stop();
  });

  test('an unknown column is refused at once, with its place', async () => {
    const json = { tables: [{ name: 'nothing_yet' }, { name: 'people', columns: ['id', 'nope'] }] };
    const answer = await api.call('POST', 'v1/exports', { key: alpha.key, json });
    expect(answer.problem(422, 'unknown_column').errors).toEqual([
      {
        pointer: '/tables/1/columns/1',
        message: 'The table "people" has no column "nope".',
      },
    ]);
  });
});

test('a connection cut in the middle is read again, and no row is lost or doubled', async () => {
  const id = await api.start(alpha, ['slow']);
  const cut = await waitFor('the running COPY', cutRunningCopy, 60_000);
  expect(cut).toBeGreaterThan(0);
  const done = await api.finished(alpha, id, 120_000);
  expect(done).toMatchObject({ status: 'ready', totals: { rows: 100_000 } });
  const [file] = (await api.links(alpha, id)).files;
  if (file === undefined) throw new Error('no file');
  const { records } = await readCsv(file);
  expect(new Set(records.map(([key]) => key)).size).toBe(100_000);
});

async function cutRunningCopy(): Promise<number | undefined> {
  return withClient(databaseAdminUrl, async (client) => {
    const { rows } = await client.query<{ cut: number }>(
      `select count(pg_terminate_backend(pid))::int as cut from pg_stat_activity
       where query ilike 'copy%slow%' and state = 'active' and query_start < now() - interval '0.5 s'`,
    );
    return rows[0]?.cut === 0 ? undefined : rows[0]?.cut;
  });
}

test('X2 retry runs only the failed tables inside the same invocation', async () => {
  const fresh = await api.tenant(sourceIds.alpha);
  const first = await api.run(fresh, ['people', 'missing']);
  expect(first).toMatchObject({ status: 'partially_ready', attempt: 1, manifest: { revision: 1 } });
  const retried = await api.call('POST', `v1/exports/${first.id}/retry`, { key: fresh.key });
  expect(retried.status).toBe(202);
  const second = await api.finished(fresh, first.id);
  expect(second).toMatchObject({
    id: first.id,
    status: 'partially_ready',
    attempt: 2,
    manifest: { revision: 2 },
  });
  expect(second.tables[0]?.snapshotAt).toBe(first.tables[0]?.snapshotAt);
  const ready = await api.run(fresh, ['people']);
  const refused = await api.call('POST', `v1/exports/${ready.id}/retry`, { key: fresh.key });
  refused.problem(409, 'invalid_state');
});

test('cancel stops a running export within seconds and removes its files', async () => {
  const id = await api.start(alpha, ['slow', 'people']);
  await waitFor(
    'some progress',
    async () => ((await api.export(alpha, id)).progress.tablesDone === 1 ? true : undefined),
    60_000,
  );
  const asked = await api.call('POST', `v1/exports/${id}/cancel`, { key: alpha.key });
  expect(asked.status).toBe(202);
  const done = await api.finished(alpha, id, 15_000);
  expect(done.status).toBe('cancelled');
  const links = await api.call('POST', `v1/exports/${id}/links`, { key: alpha.key });
  links.problem(409, 'not_ready');
  const again = await api.call('POST', `v1/exports/${id}/cancel`, { key: alpha.key });
  expect(again.status).toBe(202);
});
