import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, inject, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import { download } from './support/download.ts';
import { secretsIn } from './support/log-check.ts';
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
