import { ofType, type Resource, valueAt } from './resource.ts';

/** What is wrong with a stamp as a whole: things that no single line of the template shows. */
export function wholeProblems(resources: readonly Resource[]): readonly string[] {
  return [
    ...twice(resources),
    ...longNames(resources),
    ...elsewhere(resources),
    ...openAccounts(resources),
    ...unreachable(resources),
    ...unreachableDns(resources),
    ...unlogged(resources),
  ];
}

function twice(resources: readonly Resource[]): string[] {
  const ids = resources.map(({ id }) => id.toLowerCase());
  return ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} is there twice.`);
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
      .map(({ name }) => `${name} is longer than ${max} characters.`),
  );
}

/** What a stamp keeps stays in its region; the app's place is the stamp's. */
function elsewhere(resources: readonly Resource[]): string[] {
  const own = ofType(resources, 'Microsoft.Web/sites')[0]?.location;
  return resources
    .filter(({ location = 'global' }) => location !== 'global' && location !== own)
    .map(({ id, location }) => `${id} is in ${location}, the stamp is in ${own}.`);
}

/** With private endpoints to an account it is closed, but for the one that links lead to. */
function openAccounts(resources: readonly Resource[]): string[] {
  if (ofType(resources, 'Microsoft.Network/virtualNetworks').length === 0) return [];
  return ofType(resources, 'Microsoft.Storage/storageAccounts')
    .filter(({ name }) => !name.startsWith('sluicefiles'))
    .filter(({ properties }) => properties?.['publicNetworkAccess'] !== 'Disabled')
    .map(({ name }) => `${name} is open beside its private endpoint.`);
}

/** What the app works with, once its neighbours are closed to the internet. */
const endpoints = [
  ...['host-blob', 'host-queue', 'host-table', 'state-table', 'state-blob', 'exports-blob'],
  'vault',
];

function unreachable(resources: readonly Resource[]): string[] {
  if (ofType(resources, 'Microsoft.Network/virtualNetworks').length === 0) return [];
  const names = ofType(resources, 'Microsoft.Network/privateEndpoints').map(({ name }) => name);
  return endpoints
    .filter((wanted) => !names.some((name) => name.endsWith(`-${wanted}`)))
    .map((wanted) => `there is no private endpoint ${wanted}.`);
}

/** The security group denies private addresses, so it must name the network's own DNS servers. */
function unreachableDns(resources: readonly Resource[]): string[] {
  const network = ofType(resources, 'Microsoft.Network/virtualNetworks')[0];
  const servers = (valueAt(network, 'properties.dhcpOptions.dnsServers') ?? []) as string[];
  const groups = JSON.stringify(ofType(resources, 'Microsoft.Network/networkSecurityGroups'));
  return servers
    .filter((server) => !groups.includes(`"${server}"`))
    .map((server) => `the DNS server ${server} is denied by the security group of the app.`);
}

/** What an auditor asks for: reads and writes of files and state, and the vault. */
function unlogged(resources: readonly Resource[]): string[] {
  const logged = ofType(resources, 'Microsoft.Insights/diagnosticSettings').map(({ id }) => id);
  const wanted = [
    /storageAccounts\/sluicefiles[a-z0-9]+\/blobServices/,
    /storageAccounts\/sluicestate[a-z0-9]+\/tableServices/,
    /vaults\/sluice-/,
  ];
  return wanted
    .filter((pattern) => !logged.some((id) => pattern.test(id)))
    .map((pattern) => `nothing is logged of ${pattern.source}.`);
}
