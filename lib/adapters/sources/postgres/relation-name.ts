import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';

/** A table or view in the database, unescaped. */
export interface RelationName {
  readonly schema: string;
  readonly relation: string;
}

/**
 * Where a catalog table lives for this tenant: in the schema that the catalog names, else in `public`;
 * with schema isolation in the tenant's own.
 * Throws `query_failed` for a tenant whose id cannot be a schema's name.
 */
export function relationNameOf(table: CatalogTable, tenantSourceId: string): RelationName {
  if (table.tenant.schema) return { schema: tenantSchema(tenantSourceId), relation: table.from };
  return { schema: table.fromSchema ?? 'public', relation: table.from };
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
