import { expect, test } from 'vitest';
import { readCsv } from './support/download.ts';
import { manifestSchema } from './support/manifest.ts';
import { api } from './support/suite.ts';
import { sourceIds, typeCases } from './support/vendor-database.ts';

test('X10 S30 every type arrives cell by cell as the contract writes it', async () => {
  const alpha = await api.tenant(sourceIds.alpha);
  const { id } = await api.run(alpha, ['all_types']);
  const [file] = (await api.links(alpha, id)).files;
  if (file === undefined) throw new Error('no file');
  const { header, records } = await readCsv(file);
  expect(header).toEqual(['tenant_id', ...typeCases.map(([name]) => name)]);
  expect(records).toEqual([['t-a', ...typeCases.map(([, , , csv]) => csv)]]);
  const manifest = await api.call('GET', `v1/exports/${id}/manifest`, { key: alpha.key });
  const [table] = manifestSchema.parse(JSON.parse(manifest.text)).tables;
  const types = Object.fromEntries(table?.columns.map(({ name, type }) => [name, type]) ?? []);
  expect(types).toMatchObject({
    c_bigint: 'integer',
    c_numeric: 'decimal',
    c_double: 'float',
    c_bytes: 'bytes',
    c_json: 'json',
    c_true: 'boolean',
  });
});
