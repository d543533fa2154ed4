import type { TableAnswer, TablesAnswer } from '../../../lib/api/tables.ts';
import type { Exclusion } from '../../../lib/core/catalog/catalog.ts';
import type { TableView } from '../../../lib/core/catalog/describe-tables.ts';

/** The catalog for a tenant: where a table comes from and how tenants are told apart stays inside. */
export function presentTables(
  views: readonly TableView[],
  excluded: readonly Exclusion[],
): TablesAnswer {
  return {
    tables: views.map(presentView),
    excluded: excluded.map(({ name, reason }) => ({ table: name, reason })),
  };
}

function presentView({ table, columns, failure }: TableView): TableAnswer {
  return {
    name: table.name,
    description: table.description,
    labels: { ...table.labels },
    columns: columns?.map(({ name, type, sourceType, nullable, key }) => ({
      name,
      type,
      sourceType,
      nullable,
      key,
    })),
    error: failure && { code: failure.code, message: failure.message },
  };
}
