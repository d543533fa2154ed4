import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogTable } from './catalog-table.ts';
import { failureOf } from './read-stream.ts';
import { type SqliteHarness, startSqliteHarness } from './sqlite-harness.ts';

let harness: SqliteHarness;

beforeAll(async () => {
  harness = await startSqliteHarness();
});

afterAll(async () => {
  await harness?.source.close();
  await harness?.close();
});

async function countOf(from: string, tenantSourceId: string): Promise<number> {
  const { signal } = new AbortController();
  await using snapshot = await harness.source.openSnapshot({ tenantSourceId, tables: [], signal });
  const table = catalogTable(from);
  return await snapshot.count({ table, columns: await snapshot.describe(table) });
}

// Each is stored by its column as a number that is written otherwise, so no row has it as it is.
test.each([
  ['integer', ['9223372036854775808', '12345678901234567890'], ['-7', '9223372036854775807']],
  ['numeric', ['1e+21', '1.50', '-0'], ['2.5', '40']],
  ['real', ['1e5', '1.50', '5.', '-0.0', '.5', '7'], ['0.1', '250.0']],
])(
  'K3 X1 a column %s gives no empty table for an id that it cannot hold as it is written',
  async (type, unfit, fitting) => {
    const name = `kept_${type}`;
    await harness.execute(`create table ${name} (id integer primary key, tenant_id ${type})`);
    for (const id of [...unfit, ...fitting]) {
      await harness.execute(`insert into ${name} (tenant_id) values ('${id}')`);
    }
    for (const id of unfit) {
      expect((await failureOf(countOf(name, id))).code).toBe('tenant_id_unfit');
    }
    for (const id of fitting) expect(await countOf(name, id)).toBe(1);
  },
);
