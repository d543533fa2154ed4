import type { Finding } from '../finding.ts';
import type { Model } from '../program/model.ts';
import type { Rule } from '../rule.ts';
import { made, requireValue, type Wanted } from './field-at.ts';

interface RequiredValue {
  readonly rule: Rule;
  readonly type: string;
  readonly path: string;
  readonly allowed: readonly Wanted[];
  readonly reason: string;
}

const account = 'Microsoft.Storage/storageAccounts';
const blobs = 'Microsoft.Storage/storageAccounts/blobServices';
const vault = 'Microsoft.KeyVault/vaults';
const site = 'Microsoft.Web/sites';

const needed = (
  rule: Rule,
  type: string,
  path: string,
  allowed: readonly Wanted[],
  reason: string,
): RequiredValue => ({ rule, type, path: `properties.${path}`, allowed, reason });

/** What resources must say outright, because Azure's own default may be another one. */
const requiredValues: readonly RequiredValue[] = [
  needed('storage-shared-keys', account, 'allowSharedKeyAccess', [false], 'identities only.'),
  needed(
    'storage-public-blobs',
    account,
    'allowBlobPublicAccess',
    [false],
    'no anonymous readers.',
  ),
  needed('storage-tls', account, 'minimumTlsVersion', ['TLS1_2', 'TLS1_3'], 'older TLS is broken.'),
  needed(
    'storage-https',
    account,
    'supportsHttpsTrafficOnly',
    [true],
    'nothing goes in the clear.',
  ),
  needed(
    'storage-oauth',
    account,
    'defaultToOAuthAuthentication',
    [true],
    'tools ask by identity.',
  ),
  needed(
    'storage-cross-tenant',
    account,
    'allowCrossTenantReplication',
    [false],
    'no copies leave the tenant.',
  ),
  needed('blob-soft-delete', blobs, 'deleteRetentionPolicy.enabled', [false], 'deleted is gone.'),
  needed(
    'blob-soft-delete',
    blobs,
    'containerDeleteRetentionPolicy.enabled',
    [false],
    'deleted is gone.',
  ),
  needed('blob-versioning', blobs, 'isVersioningEnabled', [false], 'a version outlives its blob.'),
  needed('vault-rbac', vault, 'enableRbacAuthorization', [true], 'roles decide, not policies.'),
  needed('vault-purge', vault, 'enablePurgeProtection', [true], 'no secret is lost for good.'),
  needed('site-https', site, 'httpsOnly', [true], 'nothing goes in the clear.'),
  needed('site-tls', site, 'siteConfig.minTlsVersion', ['1.2', '1.3'], 'older TLS is broken.'),
  needed(
    'site-publishing',
    'Microsoft.Web/sites/basicPublishingCredentialsPolicies',
    'allow',
    [false],
    'publishing needs an identity.',
  ),
  needed(
    'insights-local-auth',
    'Microsoft.Insights/components',
    'DisableLocalAuth',
    [true],
    'telemetry comes by identity.',
  ),
  needed(
    'workspace-local-auth',
    'Microsoft.OperationalInsights/workspaces',
    'features.disableLocalAuth',
    [true],
    'logs come by identity.',
  ),
  {
    rule: 'plan-flex',
    type: 'Microsoft.Web/serverfarms',
    path: 'sku.name',
    allowed: ['FC1'],
    reason: 'the settings are those of Flex Consumption.',
  },
];

/** Finds resources that are less closed than they must be. */
export function* checkRequiredValues(model: Model): Generator<Finding> {
  for (const { rule, type, path, allowed, reason } of requiredValues) {
    for (const resource of made(model, type)) {
      yield* requireValue(model, resource, path, allowed, rule, reason);
    }
  }
}
