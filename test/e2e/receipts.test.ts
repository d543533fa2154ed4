import { compactVerify, createLocalJWKSet } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { signingKeysAnswer } from '../../lib/api/public.ts';
import { type ReceiptAnswer, receiptAnswer, receiptListAnswer } from '../../lib/api/receipts.ts';
import type { Tenant } from './support/api.ts';
import { api } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

let alpha: Tenant;
/** In the order in which they were deleted, which is not the order in which they were made. */
let deleted: readonly string[];

beforeAll(async () => {
  alpha = await api.tenant(sourceIds.alpha);
  const [first, second, third] = [
    (await api.run(alpha, ['people'])).id,
    (await api.run(alpha, ['nothing_yet'])).id,
    (await api.run(alpha, ['people', 'all_types'])).id,
  ];
  deleted = [second, third, first];
  for (const id of deleted) {
    const answer = await api.call('DELETE', `v1/exports/${id}`, { key: alpha.key });
    expect(answer.status).toBe(202);
  }
});

const list = async (key: string, query = '') =>
  (await api.call('GET', `v1/receipts${query}`, { key })).as(receiptListAnswer);

test('X12 every deletion has one receipt, the latest first, page by page', async () => {
  const { items } = await list(alpha.key);
  expect(items.map(({ exportId }) => exportId)).toEqual(deleted.toReversed());
  const [latest] = items;
  expect(latest).toMatchObject({ tenantId: alpha.id, kind: 'export', reason: 'request', files: 4 });
  const again = await api.call('DELETE', `v1/exports/${deleted[0]}`, { key: alpha.key });
  expect(again.status).toBe(202);
  const first = await list(alpha.key, '?limit=2');
  const second = await list(alpha.key, `?limit=2&cursor=${first.nextCursor}`);
  expect([...first.items, ...second.items]).toEqual(items);
  expect(second.nextCursor).toBeUndefined();
  const one = await api.call('GET', `v1/receipts/${latest?.id}`, { key: alpha.key });
  expect(one.as(receiptAnswer)).toEqual(latest);
});

test('X12 a receipt proves itself by the published keys, and its fields are what was signed', async () => {
  const { items } = await list(alpha.key);
  const published = await api.call('GET', 'v1/signing-keys');
  const keys = createLocalJWKSet(published.as(signingKeysAnswer));
  expect(items).toHaveLength(3);
  for (const { signature, ...fields } of items) {
    const { payload, protectedHeader } = await compactVerify(signature, keys, {
      algorithms: ['EdDSA'],
    });
    expect(protectedHeader.alg).toBe('EdDSA');
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual(fields);
    await expect(compactVerify(forged(signature), keys)).rejects.toThrow();
  }
});

/** The same receipt with one more file in it. */
function forged(signature: string): string {
  const [header = '', payload = '', proof = ''] = signature.split('.');
  const facts = JSON.parse(Buffer.from(payload, 'base64url').toString()) as ReceiptAnswer;
  const more = JSON.stringify({ ...facts, files: facts.files + 1 });
  return [header, Buffer.from(more).toString('base64url'), proof].join('.');
}

test('K3 S1 receipts belong to their tenant, and need the scope', async () => {
  const [mine] = (await list(alpha.key)).items;
  const beta = await api.tenant(sourceIds.beta);
  expect((await list(beta.key)).items).toEqual([]);
  const ask = (id: string) => api.call('GET', `v1/receipts/${id}`, { key: beta.key });
  const foreign = (await ask(mine?.id ?? '')).problem(404, 'not_found');
  const missing = (await ask('0123')).problem(404, 'not_found');
  expect({ ...foreign, requestId: '' }).toEqual({ ...missing, requestId: '' });
  const key = async (scope: string) => (await api.anotherKey(alpha, { scopes: [scope] })).key;
  expect((await list(await key('exports:read'))).items).toContainEqual(mine);
  const other = await key('links:create');
  (await api.call('GET', 'v1/receipts', { key: other })).problem(403, 'forbidden');
});

test('K11 the receipt of an export that a key may not see is not there', async () => {
  const { key } = await api.anotherKey(alpha, { labels: { system: ['shop'] } });
  const { items } = await list(key, '?limit=1');
  expect(items.map(({ exportId }) => exportId)).toEqual([deleted[0]]);
  const hidden = (await list(alpha.key)).items[0]?.id;
  (await api.call('GET', `v1/receipts/${hidden}`, { key })).problem(404, 'not_found');
});
