import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, inject, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import { download } from './support/download.ts';
import { appLines, type LogLine, missingFields, secretsIn } from './support/log-check.ts';
import { manifestSchema } from './support/manifest.ts';
import { api } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

const { logFile } = inject('e2e');

/**
 * The whole suite's log is checked once more when its host has ended (support/global-setup.ts). A host
 * that somebody else started keeps its log elsewhere, so there this case is left out.
 */
test.runIf(logFile !== undefined)(
  'S25 whatever is sent, the log holds no key, link, secret, token or cell',
  async () => {
    const planted = `canary-${randomBytes(16).toString('hex')}`;
    const receiver = await startWebhookReceiver();
    const alpha = await api.tenant(sourceIds.alpha);
    const ask = (path: string, headers: object, key?: string, json?: object) =>
      api.call(json === undefined ? 'GET' : 'POST', path, {
        headers: { 'x-request-id': `s25-${randomUUID()}`, ...headers },
        ...(key === undefined ? {} : { key }),
        ...(json === undefined ? {} : { json }),
      });
    const spoilt = await api.anotherKey(alpha, { name: planted });
    await ask(`v1/exports?key=${spoilt.key}`, {});
    await ask(`v1/exports/${spoilt.key}`, {}, alpha.key);
    await ask(`v1/exports?cursor=${planted}`, {}, alpha.key);
    await ask('v1/exports', {}, planted);
    await ask('v1/exports', { 'x-api-key': planted, cookie: `session=${planted}` });
    await ask('v1/exports', {}, alpha.key, { tables: [{ name: planted }], [planted]: planted });
    await ask('v1/exports', { 'content-type': 'text/plain' }, alpha.key, { a: planted });
    await api.webhook(alpha, {
      url: receiver.url,
      auth: { kind: 'basic', username: 'sluice', password: planted },
      secret: `whsec_${randomBytes(32).toString('base64')}`,
    });
    const done = await api.run(alpha, ['people', 'all_types', 'missing', 'sleepy']);
    expect(done.status).toBe('partially_ready');
    await api.call('GET', 'v1/tables', { key: alpha.key });
    for (const file of (await api.links(alpha, done.id)).files) await download(file);
    await api.call('GET', `dataegress/geturl/${done.id}`, { key: alpha.key });
    await receiver.next(({ body }) => body.includes(done.id), 60_000);
    await receiver.stop();
    const last = `s25-${randomUUID()}`;
    await ask('v1/nothing', { 'x-request-id': last });
    const log = await waitFor(
      'the last line',
      async () => {
        const text = await readFile(logFile ?? '', 'utf8');
        return text.includes(last) ? text : undefined;
      },
      30_000,
    );
    expect(log).toContain('"message":"request refused"');
    expect(secretsIn(log, inject('e2e').secrets ?? [])).toEqual([]);
  },
);

test.runIf(logFile !== undefined)(
  'an export leaves one line for each table and one for its end, with the manifest’s numbers',
  async () => {
    const alpha = await api.tenant(sourceIds.alpha);
    const { id } = await api.run(alpha, ['all_types', 'people', 'missing']);
    const manifest = await api.call('GET', `v1/exports/${id}/manifest`, { key: alpha.key });
    const { tables, totals } = manifest.as(manifestSchema);
    const lines = await linesOf(id, 'export ended');
    const of = { exportId: id, tenantId: alpha.id, attempt: 1 };
    const named = (message: string) => lines.filter((line) => line.message === message);
    expect(tables).toHaveLength(2);
    expect(named('table exported').toSorted(byTable)).toMatchObject(
      tables.map(({ name, rows, files }) => ({
        ...of,
        table: name,
        source: 'main',
        rows,
        bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
        durationMs: expect.any(Number),
      })),
    );
    expect(named('table could not be exported')).toMatchObject([
      { ...of, table: 'missing', tableIndex: 2, code: 'table_missing', passing: false },
    ]);
    const { rows, bytes } = totals;
    const end = { ...of, status: 'partially_ready', rows, bytes, tables: 3, failedTables: 1 };
    expect(named('export ended')).toMatchObject([end]);
    expect(missingFields(lines)).toEqual([]);
  },
);

async function linesOf(exportId: string, last: string): Promise<readonly LogLine[]> {
  const read = async () => {
    const lines = appLines(await readFile(logFile ?? '', 'utf8'));
    const own = lines.filter((line) => line['exportId'] === exportId);
    return own.some(({ message }) => message === last) ? own : undefined;
  };
  return waitFor(`the line ${last}`, read, 30_000);
}

function byTable(one: LogLine, other: LogLine): number {
  return String(one['table']).localeCompare(String(other['table']));
}
