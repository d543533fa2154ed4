import { ofType, type Resource } from './resource.ts';
import { roleNames } from './role-names.ts';

/** Every right that a stamp gives: who, which role, on what. Nothing else is needed by anybody. */
const needed: readonly string[] = [
  'app: Storage Blob Data Owner on host',
  'app: Storage Queue Data Contributor on host',
  'app: Storage Table Data Contributor on host',
  'app: Storage Table Data Contributor on state',
  'app: Sluice export writer on files',
  'app: Sluice audit head writer on audit-heads',
  'app: Key Vault Secrets User on vault',
  'app: Monitoring Metrics Publisher on insights',
  'links: Storage Blob Delegator on files',
  'links: Storage Blob Data Reader on files',
];

/** What only some stamps give, with the resource that shows whether this is one. */
const sometimes: Readonly<Record<string, string>> = {
  'app: Durable Task Data Contributor on scheduler': 'Microsoft.DurableTask/schedulers',
  'encryption: Key Vault Crypto Service Encryption User on key': 'Microsoft.KeyVault/vaults/keys',
};

/** The operator writes secrets where the parameters name one. */
const allowed = ['operator: Key Vault Secrets Officer on vault'];

/** Finds rights that are too many or too few, and assignments that a second deployment would double. */
export function roleProblems(resources: readonly Resource[]): readonly string[] {
  const names = roleNames(resources);
  const assignments = ofType(resources, 'Microsoft.Authorization/roleAssignments');
  const given = assignments.map((assignment) => rightOf(assignment, names));
  const wanted = [
    ...needed,
    ...Object.entries(sometimes)
      .filter(([, type]) => ofType(resources, type).length > 0)
      .map(([right]) => right),
  ];
  return [
    ...wanted.filter((right) => !given.includes(right)).map((right) => `missing: ${right}.`),
    ...given
      .filter((right) => !wanted.includes(right) && !allowed.includes(right))
      .map((right) => `nobody needs ${right}.`),
    ...assignments
      .filter(({ name }) => !/^[0-9a-f-]{36}$/.test(name))
      .map(({ name }) => `${name} must be guid(…), the same at every deployment.`),
    ...assignments
      .filter(({ properties }) => properties?.['principalType'] === undefined)
      .map(
        ({ name }) => `${name} needs principalType: a new identity is not known everywhere yet.`,
      ),
    ...tooStrong(resources),
  ];
}

const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers';

/** The most that each role of the stamp's own may contain: writers sign no links, heads are only added. */
const most: Readonly<Record<string, readonly string[]>> = {
  'Sluice export writer': [
    ...['/read', '/write', '/delete'].map((action) => `${blobs}${action}`),
    ...['/read', '/write', '/delete'].map((action) => `${blobs}/blobs${action}`),
  ],
  'Sluice audit head writer': [`${blobs}/read`, `${blobs}/blobs/read`, `${blobs}/blobs/add/action`],
};

interface Permission {
  readonly actions?: readonly string[];
  readonly dataActions?: readonly string[];
}

function tooStrong(resources: readonly Resource[]): readonly string[] {
  const names = roleNames(resources);
  return ofType(resources, 'Microsoft.Authorization/roleDefinitions').flatMap((role) => {
    const name = names.get(role.name) ?? role.name;
    const permissions = (role.properties?.['permissions'] ?? []) as readonly Permission[];
    return permissions
      .flatMap(({ actions = [], dataActions = [] }) => [...actions, ...dataActions])
      .filter((action) => most[name]?.includes(action) !== true)
      .map((action) => `the role ${name} must not contain ${action}.`);
  });
}

function rightOf({ id, properties }: Resource, names: ReadonlyMap<string, string>): string {
  const principal = String(properties?.['principalId']);
  const who = /userAssignedIdentities\/[^']*-(\w+)'/.exec(principal)?.[1] ?? 'operator';
  const role = String(properties?.['roleDefinitionId']).split('/').at(-1) ?? '';
  return `${who}: ${names.get(role) ?? `a role without a name (${role})`} on ${placeOf(id)}`;
}

const places: readonly (readonly [RegExp, string])[] = [
  [/storageAccounts\/sluice(host|state|files)\w+$/, '$1'],
  [
    /storageAccounts\/sluice(?:host|state|files)\w+\/blobServices\/default\/containers\/([\w-]+)$/,
    '$1',
  ],
  [/vaults\/[\w-]+$/, 'vault'],
  [/vaults\/[\w-]+\/keys\/[\w-]+$/, 'key'],
  [/components\/[\w-]+$/, 'insights'],
  [/schedulers\/[\w-]+$/, 'scheduler'],
];

/** What an assignment is on, by its short name; another resource by its id. */
function placeOf(id: string): string {
  const on = id.split('/providers/Microsoft.Authorization/')[0] ?? id;
  const [pattern, name] = places.find(([one]) => one.test(on)) ?? [/$^/, ''];
  const found = pattern.exec(on);
  return found === null ? on : name.replace('$1', found[1] ?? '');
}
