import { ofType, type Resource } from './resource.ts';

/** What is wrong with a stamp as a whole: things that no single line of the template shows. */
export function problemsOf(resources: readonly Resource[]): readonly string[] {
  return [
    ...twice(resources),
    ...longNames(resources),
    ...openAccounts(resources),
    ...linksRoles(resources),
    ...unlogged(resources),
  ];
}

function twice(resources: readonly Resource[]): string[] {
  const ids = resources.map(({ id }) => id.toLowerCase());
  return ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} is there twice`);
}

/** Azure's own limits; a name that is built from parameters shows its length only here. */
const nameMax: Readonly<Record<string, number>> = {
  'Microsoft.Storage/storageAccounts': 24,
  'Microsoft.KeyVault/vaults': 24,
  'Microsoft.Web/sites': 60,
  'Microsoft.DurableTask/schedulers': 64,
};

function longNames(resources: readonly Resource[]): string[] {
  return Object.entries(nameMax).flatMap(([type, max]) =>
    ofType(resources, type)
      .filter(({ name }) => name.length > max)
      .map(({ name }) => `${name} is longer than ${max} characters`),
  );
}

/** With private endpoints to an account it is closed, but for the one that links lead to. */
function openAccounts(resources: readonly Resource[]): string[] {
  const hasNetwork = ofType(resources, 'Microsoft.Network/virtualNetworks').length > 0;
  if (!hasNetwork) return [];
  return ofType(resources, 'Microsoft.Storage/storageAccounts')
    .filter(({ name }) => !name.startsWith('sluicefiles'))
    .filter(({ properties }) => properties?.['publicNetworkAccess'] !== 'Disabled')
    .map(({ name }) => `${name} is open beside its private endpoint`);
}

const delegator = 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a';
const reader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1';

/** Whoever signs links may read the files of exports and nothing more; whoever writes may not sign. */
function linksRoles(resources: readonly Resource[]): string[] {
  const roles = ofType(resources, 'Microsoft.Authorization/roleAssignments').map((resource) => ({
    on: /storageAccounts\/(sluice[a-z]+?)[a-z0-9]{13}\//.exec(resource.id)?.[1] ?? resource.id,
    role: String(resource.properties?.['roleDefinitionId']).split('/').at(-1) ?? '',
    isLinks: String(resource.properties?.['principalId']).includes('-links'),
  }));
  const held = roles.filter(({ isLinks }) => isLinks);
  const extra = held.filter(
    ({ on, role }) => on !== 'sluicefiles' || ![delegator, reader].includes(role),
  );
  const signers = roles.filter(({ isLinks, role }) => !isLinks && role === delegator);
  return [
    ...(held.length === 2 ? [] : [`links has ${held.length} roles`]),
    ...extra.map(({ role }) => `links has the role ${role}`),
    ...signers.map(({ on }) => `somebody else may sign links on ${on}`),
  ];
}

/** What an auditor asks for: reads and writes of files and state, the vault, the app. */
function unlogged(resources: readonly Resource[]): string[] {
  const logged = ofType(resources, 'Microsoft.Insights/diagnosticSettings').map(({ id }) => id);
  const wanted = [
    /storageAccounts\/sluicefiles[a-z0-9]+\/blobServices/,
    /storageAccounts\/sluicestate[a-z0-9]+\/tableServices/,
    /vaults\/sluice-/,
    /sites\/sluice-/,
  ];
  return wanted
    .filter((pattern) => !logged.some((id) => pattern.test(id)))
    .map((pattern) => `nothing is logged of ${pattern.source}`);
}
