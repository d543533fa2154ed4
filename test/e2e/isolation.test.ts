import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { exportListAnswer } from '../../lib/api/exports.ts';
import { problemAnswer } from '../../lib/api/problem.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import type { Answer, Tenant } from './support/api.ts';
import { readCsv } from './support/download.ts';
import { api } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

let alpha: Tenant;
let beta: Tenant;
let exportId: string;
let webhookId: string;

beforeAll(async () => {
  [alpha, beta] = await Promise.all([api.tenant(sourceIds.alpha), api.tenant(sourceIds.beta)]);
  exportId = (await api.run(alpha, ['people'])).id;
  const receiver = await startWebhookReceiver();
  webhookId = (await api.webhook(alpha, { url: receiver.url })).id;
  await receiver.stop();
});

test('K3 each tenant gets its own rows out of the same table', async () => {
  const { id } = await api.run(beta, ['people']);
  const [file] = (await api.links(beta, id)).files;
  if (file === undefined) throw new Error('no file');
  expect((await readCsv(file)).records.map(([key]) => key)).toEqual(['4', '5']);
});

test('K3 a list holds the caller’s own and nothing else', async () => {
  const listed = await api.call('GET', 'v1/exports', { key: beta.key });
  expect(listed.as(exportListAnswer).items.every(({ tenantId }) => tenantId === beta.id)).toBe(
    true,
  );
  const webhooks = await api.call('GET', 'v1/webhooks', { key: beta.key });
  expect(webhooks.as(z.strictObject({ items: z.array(z.unknown()) })).items).toEqual([]);
});

const routes: readonly (readonly [string, string])[] = [
  ['GET', 'v1/exports/{id}'],
  ['GET', 'v1/exports/{id}/manifest'],
  ['GET', 'v1/exports/{id}/manifest?format=jws'],
  ['POST', 'v1/exports/{id}/links'],
  ['GET', 'v1/exports/{id}/links'],
  ['POST', 'v1/exports/{id}/cancel'],
  ['POST', 'v1/exports/{id}/retry'],
  ['DELETE', 'v1/exports/{id}'],
  ['DELETE', 'v1/webhooks/{id}'],
  ['GET', 'dataegress/geturl/{id}'],
];

describe('K3 S2 another tenant’s key gets exactly the answer of a missing id', () => {
  test.each(routes)('%s %s', async (method, path) => {
    const ask = (id: string) => api.call(method, path.replace('{id}', id), { key: beta.key });
    const ours = path.includes('webhooks') ? webhookId : exportId;
    const missing = ours.replace(/.$/, (last) => (last === 'z' ? 'y' : 'z'));
    const [foreign, absent] = [await ask(ours), await ask(missing)];
    foreign.problem(404, 'not_found');
    expect(comparable(foreign)).toEqual(comparable(absent));
  });
});

test('K3 the owner still has it all after everybody else tried', async () => {
  expect((await api.export(alpha, exportId)).status).toBe('ready');
  const webhooks = await api.call('GET', 'v1/webhooks', { key: alpha.key });
  expect(webhooks.text).toContain(webhookId);
});

test('the operator manages tenants and sees no data', async () => {
  for (const path of ['v1/exports', `v1/exports/${exportId}`, 'v1/tables', 'v1/webhooks']) {
    (await api.call('GET', path, { key: api.operatorKey })).problem(403, 'forbidden');
  }
  (await api.call('GET', 'v1/operator/tenants', { key: alpha.key })).problem(403, 'forbidden');
});

/** Everything but what differs with every call. */
function comparable(answer: Answer): object {
  const { requestId, ...body } = answer.as(problemAnswer);
  const headers = [...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  return { status: answer.status, body, headers, length: requestId.length };
}
