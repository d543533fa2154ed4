import type { CatalogTable, TenantIsolation } from '../../../lib/core/catalog/catalog.ts';

export interface TableOptions {
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
    from: options.from ?? name,
    tenant: { rls: false, schema: false, ...tenant },
    key: options.key ?? ['id'],
    labels: {},
    ...(options.text === undefined ? {} : { text: options.text }),
  };
}
