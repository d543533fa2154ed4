import { ofType, type Resource, valueAt } from './resource.ts';

/** A value that a resource must say outright, because Azure's own default may be another one. */
export interface RequiredValue {
  readonly type: string;
  /** From `properties`, unless it begins elsewhere. */
  readonly path: string;
  readonly allowed: readonly unknown[];
  readonly reason: string;
  /** Which resources of the type; absent: all. */
  readonly name?: RegExp;
}

const rows = (
  type: string,
  values: readonly (readonly [string, readonly unknown[], string])[],
  name?: RegExp,
): readonly RequiredValue[] =>
  values.map(([path, allowed, reason]) => ({
    type,
    path: `properties.${path}`,
    allowed,
    reason,
    ...(name === undefined ? {} : { name }),
  }));

export const requiredValues: readonly RequiredValue[] = [
  ...rows('Microsoft.Storage/storageAccounts', [
    ['allowSharedKeyAccess', [false], 'identities only'],
    ['allowBlobPublicAccess', [false], 'no anonymous readers'],
    ['minimumTlsVersion', ['TLS1_2', 'TLS1_3'], 'older TLS is broken'],
    ['supportsHttpsTrafficOnly', [true], 'nothing goes in the clear'],
    ['defaultToOAuthAuthentication', [true], 'tools ask by identity'],
    ['allowCrossTenantReplication', [false], 'no copies leave the directory'],
    ['isLocalUserEnabled', [false], 'no users with passwords'],
  ]),
  ...rows('Microsoft.Storage/storageAccounts/blobServices', [
    ['deleteRetentionPolicy.enabled', [false], 'deleted is gone'],
    ['containerDeleteRetentionPolicy.enabled', [false], 'deleted is gone'],
  ]),
  ...rows(
    'Microsoft.Storage/storageAccounts/blobServices',
    [['isVersioningEnabled', [false], 'a version outlives its blob']],
    /sluice(host|files)\w+\/blobServices/,
  ),
  ...rows(
    'Microsoft.Storage/storageAccounts',
    [
      ['immutableStorageWithVersioning.enabled', [true], 'signed heads of the audit log stay'],
      [
        'immutableStorageWithVersioning.immutabilityPolicy.allowProtectedAppendWrites',
        [false],
        'a head is written once',
      ],
    ],
    /sluicestate\w+$/,
  ),
  ...rows('Microsoft.KeyVault/vaults', [
    ['enableRbacAuthorization', [true], 'roles decide, not policies'],
    ['enablePurgeProtection', [true], 'no secret is lost for good'],
  ]),
  ...rows('Microsoft.Web/sites', [
    ['httpsOnly', [true], 'nothing goes in the clear'],
    ['siteConfig.minTlsVersion', ['1.2', '1.3'], 'older TLS is broken'],
    ['siteConfig.remoteDebuggingEnabled', [false], 'nobody looks into a running app'],
  ]),
  ...rows('Microsoft.Web/sites/basicPublishingCredentialsPolicies', [
    ['allow', [false], 'publishing needs an identity'],
  ]),
  ...rows('Microsoft.Insights/components', [
    ['DisableLocalAuth', [true], 'telemetry comes by identity'],
  ]),
  ...rows('Microsoft.OperationalInsights/workspaces', [
    ['features.disableLocalAuth', [true], 'logs come by identity'],
  ]),
  {
    type: 'Microsoft.Web/serverfarms',
    path: 'sku.name',
    allowed: ['FC1'],
    reason: 'the settings are those of Flex Consumption',
  },
];

/** Finds resources that are less closed than they must be. */
export function wrongValues(resources: readonly Resource[]): readonly string[] {
  return requiredValues.flatMap(({ type, path, allowed, reason, name }) =>
    ofType(resources, type)
      .filter((resource) => name?.test(resource.id) ?? true)
      .filter((resource) => !allowed.includes(valueAt(resource, path)))
      .map((resource) => `${path} of ${resource.name} must be ${allowed.join(' or ')}: ${reason}.`),
  );
}
