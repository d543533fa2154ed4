import { resolve } from 'node:path';

/** The example catalog, relative to the app's folder; it reads the sample database. */
export const exampleCatalogPath = 'lib/config/catalog.example.json';

/** True when the settings name the example catalog, so that the sample database is needed. */
export function usesExampleCatalog(
  directory: string,
  values: Readonly<Record<string, string>>,
): boolean {
  const catalog = values['SLUICE_CATALOG'] ?? '';
  return resolve(directory, catalog) === resolve(directory, exampleCatalogPath);
}
