import { describe, expect, test } from 'vitest';
import { problemsOf } from './problems.ts';
import type { Resource } from './resource.ts';

const token = 'abcdefghijklm';
const group = '/subscriptions/1/resourceGroups/sluice/providers';
const files = `${group}/Microsoft.Storage/storageAccounts/sluicefiles${token}`;
const state = `${group}/Microsoft.Storage/storageAccounts/sluicestate${token}`;

function account(id: string, publicNetworkAccess: string): Resource {
  const name = id.split('/').at(-1) ?? '';
  return {
    id,
    type: 'Microsoft.Storage/storageAccounts',
    name,
    properties: { publicNetworkAccess },
  };
}

function role(on: string, name: string, roleId: string, identity: string): Resource {
  return {
    id: `${on}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    type: 'Microsoft.Authorization/roleAssignments',
    name,
    properties: {
      roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
      principalId: `[reference('${group}/userAssignedIdentities/sluice-dev-${identity}').principalId]`,
    },
  };
}

const delegator = role(files, 'a', 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a', 'links');
const reader = role(files, 'b', '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', 'links');
const contributorId = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';

const logs = [
  `${files}/blobServices/default`,
  `${state}/tableServices/default`,
  `${group}/Microsoft.KeyVault/vaults/sluice-${token}`,
  `${group}/Microsoft.Web/sites/sluice-dev-${token}`,
].map((id) => ({
  id: `${id}/providers/Microsoft.Insights/diagnosticSettings/to-workspace`,
  type: 'Microsoft.Insights/diagnosticSettings',
  name: 'to-workspace',
}));

const network = {
  id: `${group}/Microsoft.Network/virtualNetworks/sluice`,
  type: 'Microsoft.Network/virtualNetworks',
  name: 'sluice',
};

const good = [account(files, 'Enabled'), account(state, 'Disabled'), network, delegator, reader];

describe('A4 B13 S39 a predicted stamp', () => {
  test('without a fault has no problem', () => {
    expect(problemsOf([...good, ...logs])).toEqual([]);
  });

  test.each<[string, readonly Resource[], string]>([
    ['a resource twice', [...good, network], 'is there twice'],
    ['a name too long', [...good, account(`${files}xyz`, 'Disabled')], 'longer than 24'],
    ['an open state account', good.with(1, account(state, 'Enabled')), 'is open beside'],
    [
      'a link signer that writes',
      [...good, role(files, 'c', contributorId, 'links')],
      'links has the role',
    ],
    [
      'a link signer elsewhere',
      good.with(4, role(state, 'b', 'x', 'links')),
      'links has the role x',
    ],
    ['a link signer without a role', good.slice(0, -1), 'links has 1 roles'],
    [
      'a writer that signs',
      [...good, role(files, 'd', 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a', 'app')],
      'somebody else may sign',
    ],
  ])('with %s is found', (_, resources, problem) => {
    expect(problemsOf([...resources, ...logs]).join()).toContain(problem);
  });

  test.each(logs.map((_, at) => [at]))('that logs everything but number %i is found', (at) => {
    expect(problemsOf([...good, ...logs.toSpliced(at, 1)])).toHaveLength(1);
  });
});
