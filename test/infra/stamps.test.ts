import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settings } from '../../lib/config/settings.ts';
import { Bicep } from './bicep/bicep.ts';
import { bicepHere } from './bicep/here.ts';
import { requiredValues } from './stamps/required-values.ts';
import { ofType, type Resource } from './stamps/resource.ts';
import { neverGiven, settingProblems } from './stamps/settings.ts';
import { stampProblems } from './stamps/stamp-problems.ts';

const folder = join(import.meta.dirname, '../../infra');

let good: readonly Resource[] = [];
let bicep: Bicep | undefined;

beforeAll(async () => {
  if (bicepHere === undefined) return;
  bicep = Bicep.start(bicepHere, folder);
  const prediction = await bicep.predict('main.prod-westeurope.bicepparam');
  if ('refused' in prediction) throw new Error(prediction.refused);
  good = prediction.resources;
});

afterAll(() => bicep?.close());

/** The stamp with what this makes of each resource of the type. */
function stampWith(type: string, change: (resource: Resource) => unknown): readonly Resource[] {
  const changed = ofType(good, type);
  expect(changed.length).toBeGreaterThan(0);
  return good.map((one) =>
    changed.includes(one) ? (change(structuredClone(one)) as Resource) : one,
  );
}

const without = (type: string, id: RegExp) =>
  good.filter((one) => one.type !== type || !id.test(one.id));

/** Puts a value at a path; undefined takes away what is there. */
function put(resource: Resource, path: string, value: unknown): Resource {
  const names = path.split('.');
  const last = names.pop() ?? '';
  const at = names.reduce<Record<string, unknown>>(
    (one, name) => one[name] as Record<string, unknown>,
    resource as unknown as Record<string, unknown>,
  );
  if (value === undefined) delete at[last];
  else at[last] = value;
  return resource;
}

const roleType = 'Microsoft.Authorization/roleAssignments';
/** The operator's own right is there only where the parameters name one. */
const isOfIdentity = ({ properties }: Resource) =>
  properties?.['principalType'] === 'ServicePrincipal';

const logType = 'Microsoft.Insights/diagnosticSettings';
const configType = 'Microsoft.Web/sites/config';

describe.skipIf(bicepHere === undefined)(
  'A4 B13 S24 S35 S39 a predicted stamp',
  { timeout: 300_000 },
  () => {
    test('of production has no problem', () => {
      expect(stampProblems(good)).toEqual([]);
    });

    test.each(requiredValues)(
      'in which $path of a $type is another, or not said, is found',
      (row) => {
        for (const value of ['another', undefined]) {
          const problems = stampProblems(
            stampWith(row.type, (one) =>
              row.name?.test(one.id) === false ? one : put(one, row.path, value),
            ),
          );
          expect(problems.join('\n')).toContain(`${row.path} of `);
        }
      },
    );

    test.each(settings.filter(({ required }) => required))('without $name is found', ({ name }) => {
      const problems = stampProblems(
        stampWith(configType, (one) => put(one, `properties.${name}`, undefined)),
      );
      expect(problems).toEqual([`the setting ${name} is missing.`]);
    });

    test.each([
      ['AzureWebJobsStorage__credential', 'key', 'does not reach the host storage by identity'],
      ['AzureWebJobsStorage__queueServiceUri', undefined, 'does not reach the host storage'],
      ['AzureWebJobsStorage', 'x', 'must not be set on Flex Consumption'],
      ['FUNCTIONS_WORKER_RUNTIME', 'node', 'must not be set on Flex Consumption'],
      ['WEBSITE_HOSTNAME', 'x', 'must not be set on Flex Consumption'],
      [
        'AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions',
        '8',
        'must be 2 with 2048 MB',
      ],
      ['SLUICE_REGOIN', 'x', 'the app reads no setting SLUICE_REGOIN'],
    ])('with the setting %s as %s is found', (name, value, says) => {
      const stamp = stampWith(configType, (one) => put(one, `properties.${name}`, value));
      expect(settingProblems(stamp).join('\n')).toContain(says);
    });

    test('without any settings, or without one that is optional everywhere, is found', () => {
      expect(settingProblems(without(configType, /./))).toHaveLength(1);
      const never = { name: 'SLUICE_NEVER', required: false, description: '' };
      expect(neverGiven([good], [never])).toEqual(['no stamp gives the setting SLUICE_NEVER.']);
    });

    test('without any one of its role assignments is found', () => {
      const needed = ofType(good, roleType).filter(isOfIdentity);
      const missed = needed.filter(
        (one) => stampProblems(good.filter((other) => other !== one)).length === 0,
      );
      expect(missed).toEqual([]);
      expect(needed.length).toBeGreaterThan(8);
    });

    test.each<[string, string, (before: string) => string | undefined]>([
      ['another identity', 'principalId', (one) => one.replace(/-\w+'/, "-other'")],
      ['another role', 'roleDefinitionId', () => 'x/b86a8fe4-44ce-4948-aee5-eccb2c155cd7'],
      ['a role that nothing names', 'roleDefinitionId', (one) => one.replace(/.{12}$/, '0')],
      ['no kind of principal', 'principalType', () => undefined],
    ])('with %s in any assignment is found', (_, property, other) => {
      for (const assignment of ofType(good, roleType).filter(isOfIdentity)) {
        const value = other(String(assignment.properties?.[property]));
        const changed = put(structuredClone(assignment), `properties.${property}`, value);
        const stamp = good.map((one) => (one === assignment ? changed : one));
        expect(stampProblems(stamp), assignment.id).not.toEqual([]);
      }
    });

    test.each([
      [
        'actions',
        'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action',
      ],
      ['dataActions', 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*'],
    ])('with a role of its own that has further %s is found', (kind, action) => {
      const stamp = stampWith('Microsoft.Authorization/roleDefinitions', (one) =>
        put(one, `properties.permissions.0.${kind}`, [action]),
      );
      const problems = stampProblems(stamp);
      expect(problems).toEqual([
        `the role Sluice export writer must not contain ${action}.`,
        `the role Sluice audit head writer must not contain ${action}.`,
      ]);
    });

    test('with an assignment that is named anew at every deployment is found', () => {
      const stamp = stampWith(roleType, (one) => ({ ...one, name: 'app-owner' }));
      expect(stampProblems(stamp).join('\n')).toContain('app-owner must be guid(…)');
    });

    test.each<[string, () => readonly Resource[], string]>([
      ['a resource twice', () => [...good, ...good.slice(0, 1)], 'is there twice'],
      [
        'a name that is too long',
        () =>
          stampWith('Microsoft.KeyVault/vaults', (one) => ({ ...one, name: `${one.name}xxxxx` })),
        'longer than 24',
      ],
      [
        'an account in another region',
        () =>
          stampWith('Microsoft.Storage/storageAccounts', (one) => ({ ...one, location: 'eastus' })),
        'is in eastus',
      ],
      [
        'an account that is open beside its private endpoint',
        () =>
          stampWith('Microsoft.Storage/storageAccounts', (one) =>
            put(one, 'properties.publicNetworkAccess', 'Enabled'),
          ),
        'is open beside',
      ],
      [
        'an app that publishes by password',
        () => without('Microsoft.Web/sites/basicPublishingCredentialsPolicies', /scm$/),
        'basicPublishingCredentialsPolicies/scm is missing',
      ],
      [
        'a DNS server that the security group denies',
        () =>
          stampWith('Microsoft.Network/virtualNetworks', (one) =>
            put(one, 'properties.dhcpOptions.dnsServers', ['10.0.0.4']),
          ),
        'the DNS server 10.0.0.4 is denied',
      ],
      [
        'heads of the audit log that the app does not reach',
        () => without('Microsoft.Network/privateEndpoints', /state-blob$/),
        'there is no private endpoint state-blob',
      ],
      ['an unlogged vault', () => without(logType, /vaults/), 'nothing is logged of vaults'],
      ['unlogged files', () => without(logType, /sluicefiles/), 'nothing is logged of storage'],
      ['unlogged state', () => without(logType, /sluicestate/), 'nothing is logged of storage'],
    ])('with %s is found', (_, stamp, says) => {
      expect(stampProblems(stamp()).join('\n')).toContain(says);
    });

    test.each(['alwaysOn', 'vnetRouteAllEnabled', 'linuxFxVersion', 'appSettings'])(
      'that says %s, which Flex refuses, is found',
      (name) => {
        const stamp = stampWith('Microsoft.Web/sites', (one) =>
          put(one, `properties.siteConfig.${name}`, true),
        );
        expect(stampProblems(stamp).join('\n')).toContain(`${name} of sluice-livewe`);
      },
    );
  },
);
