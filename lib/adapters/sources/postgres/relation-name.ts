import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';

/** A table or view in the database, unescaped. */
export interface RelationName {
  readonly schema: string;
  readonly relation: string;
}

/**
 * Where a catalog table lives for this tenant. `from` is `schema.name` (split at the first dot) or just
 * `name`, which is in the schema `public`; with schema isolation it is a name in the tenant's schema.
 * Throws `query_failed` for a tenant whose id cannot be a schema's name.
 */
export function relationNameOf(table: CatalogTable, tenantSourceId: string): RelationName {
  if (table.tenant.schema) return { schema: tenantSchema(tenantSourceId), relation: table.from };
  const dot = table.from.indexOf('.');
  if (dot === -1) return { schema: 'public', relation: table.from };
  return { schema: table.from.slice(0, dot), relation: table.from.slice(dot + 1) };
}

function tenantSchema(tenantSourceId: string): string {
  const isName = /^[a-z_][a-z0-9_]{0,62}$/.test(tenantSourceId);
  const isSystem = tenantSourceId.startsWith('pg_') || tenantSourceId === 'information_schema';
  if (isName && !isSystem) return tenantSourceId;
  throw new SluiceError('query_failed', {
    message:
      "This tenant's id in the data source cannot be the name of a schema. Tell the operator.",
    internal:
      "Schema isolation: the tenant's sourceId must match ^[a-z_][a-z0-9_]{0,62}$ and be no system schema.",
  });
}
