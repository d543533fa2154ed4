import type { CatalogTable, TenantIsolation } from '../../../lib/core/catalog/catalog.ts';

export interface TableOptions {
  /** `schema.name` (split at the first dot) or `name`. */
  readonly from?: string;
  readonly key?: readonly string[];
  readonly tenant?: Partial<TenantIsolation>;
  readonly text?: 'latin1' | 'base64';
}

/** A catalog's table; without options it is isolated by `tenant_id` and has the key `id`. */
export function catalogTable(name: string, options: TableOptions = {}): CatalogTable {
  const tenant = options.tenant ?? { column: 'tenant_id' };
  return {
    name,
    source: 'app',
    ...relationOf(options.from ?? name, tenant.schema === true),
    tenant: { rls: false, schema: false, ...tenant },
    key: options.key ?? ['id'],
    labels: {},
    ...(options.text === undefined ? {} : { text: options.text }),
  };
}

function relationOf(from: string, isInTenantSchema: boolean) {
  const dot = from.indexOf('.');
  if (dot === -1 || isInTenantSchema) return { from };
  return { fromSchema: from.slice(0, dot), from: from.slice(dot + 1) };
}
