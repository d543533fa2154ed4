metadata name = 'Key Vault'
metadata description = 'The vault of the stamp\'s secrets, and on request the key that encrypts its storage. Secrets themselves are made by `npm run secrets`, never by a template.'

import { roleIds } from '../role-ids.bicep'

@description('Required. Name of the vault, 3 to 24 characters, unique in the world.')
@minLength(3)
@maxLength(24)
param name string

@description('Required. Region of the stamp.')
param location string

@description('Required. Tags of every resource.')
param tags object

@description('Required. False closes the vault to the internet; then a private endpoint leads to it.')
param publicNetwork bool

@description('Required. Addresses or CIDR ranges that operators reach the vault from all the same; empty: none.')
param operatorRanges string[]

@description('Required. True makes a key for storage, with an identity that may use it.')
param customerManagedKey bool

@description('Required. Resource id of the workspace that gets the log.')
param workspaceId string

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    // Once on it stays on: nobody can destroy the master key within 90 days, by mistake or on purpose.
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: publicNetwork || !empty(operatorRanges) ? 'Enabled' : 'Disabled'
    networkAcls: {
      // Storage takes its key through this door.
      bypass: 'AzureServices'
      defaultAction: publicNetwork ? 'Allow' : 'Deny'
      ipRules: [for range in operatorRanges: { value: range }]
    }
  }
}

#disable-next-line use-recent-api-versions // No stable version knows log categories of this kind.
resource vault_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      {
        category: 'AuditEvent'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

resource storageKey 'Microsoft.KeyVault/vaults/keys@2025-05-01' = if (customerManagedKey) {
  parent: vault
  name: 'sluice-storage'
  properties: {
    kty: 'RSA'
    keySize: 3072
    keyOps: [
      'wrapKey'
      'unwrapKey'
    ]
    rotationPolicy: {
      attributes: { expiryTime: 'P2Y' }
      lifetimeActions: [
        {
          trigger: { timeAfterCreate: 'P1Y' }
          action: { type: 'rotate' }
        }
      ]
    }
  }
}

resource encryption 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (customerManagedKey) {
  name: '${name}-encryption'
  location: location
  tags: tags
}

// Storage wraps and unwraps its own keys with this one; it must be able to before an account is made.
resource encryption_roleAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (customerManagedKey) {
  name: guid(vault.id, name, 'Key Vault Crypto Service Encryption User')
  scope: storageKey
  properties: {
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Key Vault Crypto Service Encryption User']
    )
    principalId: encryption!.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

@description('Resource id of the vault.')
output resourceId string = vault.id

@description('Address of the vault.')
output uri string = vault.properties.vaultUri

@description('Name of the key that encrypts storage; empty: keys of the platform.')
output storageKeyName string = customerManagedKey ? storageKey.name : ''

@description('Resource id of the identity that may use that key; empty: keys of the platform.')
output encryptionIdentityId string = customerManagedKey ? encryption.id : ''
