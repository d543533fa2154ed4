import { describe, expect, test } from 'vitest';
import type { CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import { chooseColumns } from '../../../lib/core/exports/choose-columns.ts';
import type { Column } from '../../../lib/core/sources/column.ts';

const column = (name: string, nullable: boolean, key = false): Column => ({
  name,
  type: 'text',
  sourceType: 'text',
  nullable,
  key,
});
const table: CatalogTable = {
  name: 'one',
  source: 'app',
  from: 'one',
  tenant: { column: 'tenant_id', rls: false, schema: false },
  key: ['id'],
  labels: {},
};
const id = column('id', false, true);
const tenant = column('tenant_id', true);
const note = column('note', true);
const all = [id, tenant, note];

describe('X1 the columns of a file', () => {
  test('are all, or those that were asked for, in that order', () => {
    expect(chooseColumns(table, all, undefined)).toEqual(all);
    expect(chooseColumns(table, all, ['note', 'id'])).toEqual([note, id]);
    expect(chooseColumns(table, all, ['id'])).toEqual([id]);
    expect(() => chooseColumns(table, all, ['shoe'])).toThrow(/no column "shoe"/);
  });

  test('have the key before one that may be NULL, because empty lines are skipped', () => {
    expect(chooseColumns(table, all, ['note'])).toEqual([{ ...id, added: true }, note]);
    // Rows of the tenant have its id.
    expect(chooseColumns(table, all, ['tenant_id'])).toEqual([tenant]);
  });

  test('are refused where there is no key to add', () => {
    const bare = [column('id', true), tenant];
    expect(() => chooseColumns({ ...table, key: [] }, bare, ['id'])).toThrow(
      expect.objectContaining({ code: 'column_alone', message: expect.stringContaining('"id"') }),
    );
    const alone = [column('id', true)];
    expect(chooseColumns({ ...table, key: [] }, alone, ['id'])).toEqual(alone);
    expect(chooseColumns({ ...table, key: [] }, alone, undefined)).toEqual(alone);
  });
});
