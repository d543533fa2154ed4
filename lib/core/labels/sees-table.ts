import type { CatalogTable } from '../catalog/catalog.ts';
import type { Labels } from '../principal.ts';

/** True when the labels leave something out; absent and empty ones limit nothing. */
export function isLimited(labels: Labels | undefined): labels is Labels {
  return labels !== undefined && Object.keys(labels).length > 0;
}

/**
 * K11: for each label that the principal is limited to, the table carries that label with one of the
 * values. An empty list of values matches no table.
 */
export function seesTable(
  labels: Labels | undefined,
  table: Pick<CatalogTable, 'labels'>,
): boolean {
  if (!isLimited(labels)) return true;
  return Object.entries(labels).every(([name, values]) => {
    const value = Object.hasOwn(table.labels, name) ? table.labels[name] : undefined;
    return value !== undefined && values.includes(value);
  });
}
