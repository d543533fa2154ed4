import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ofType, type Resource } from './resource.ts';

const file = join(import.meta.dirname, '../../../infra/role-ids.bicep');

/** The names of roles by their ids: the built-in ones that the template names, and those a stamp makes. */
export function roleNames(resources: readonly Resource[]): ReadonlyMap<string, string> {
  const builtIn = readFileSync(file, 'utf8').matchAll(/'([^']+)': '([0-9a-f-]{36})'/g);
  const own = ofType(resources, 'Microsoft.Authorization/roleDefinitions');
  return new Map([
    ...[...builtIn].map(([, name = '', id = '']) => [id, name] as const),
    ...own.map(
      ({ name, properties }) =>
        [name, String(properties?.['roleName']).replace(/ \(.*/, '')] as const,
    ),
  ]);
}
