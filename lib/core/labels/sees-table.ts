import type { CatalogTable } from '../catalog/catalog.ts';
import { type Labels, type Scope, tableScopes } from '../principal.ts';
import type { Sight } from './caller.ts';

/** True when the labels leave something out; absent and empty ones limit nothing. */
export function isLimited(labels: Labels | undefined): labels is Labels {
  return labels !== undefined && Object.keys(labels).length > 0;
}

/** True when no table and no export of the tenant can be hidden, whatever the catalog demands. */
export function seesEverything({ scopes, labels }: Sight): boolean {
  return !isLimited(labels) && tableScopes.every((scope) => scopes.includes(scope));
}

/**
 * A table that demands a scope speaks of the whole tenant, as the log does: it is there for nobody
 * without the scope, and for nobody who is limited.
 */
export function meetsScope({ scopes, labels }: Sight, demanded: Scope | undefined): boolean {
  return demanded === undefined || (!isLimited(labels) && scopes.includes(demanded));
}

/**
 * K11: for each label that the principal is limited to, the table carries that label with one of the
 * values, and the scope that the table demands is met. An empty list of values matches no table.
 */
export function seesTable(sight: Sight, table: Pick<CatalogTable, 'labels' | 'scope'>): boolean {
  if (!meetsScope(sight, table.scope)) return false;
  if (!isLimited(sight.labels)) return true;
  return Object.entries(sight.labels).every(([name, values]) => {
    const value = Object.hasOwn(table.labels, name) ? table.labels[name] : undefined;
    return value !== undefined && values.includes(value);
  });
}
