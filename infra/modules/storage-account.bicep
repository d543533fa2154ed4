metadata name = 'Storage account'
metadata description = 'One hardened account. The three concerns of a stamp are three of these; see storage.bicep.'

import { immutabilityType, loggedType } from '../types.bicep'

@description('Required. Name of the account, 3 to 24 lower-case letters and digits, unique in the world.')
@minLength(3)
@maxLength(24)
param name string

@description('Required. Region of the stamp.')
param location string

@description('Required. Tags of every resource.')
param tags object

@description('Required. Redundancy, for example Standard_ZRS.')
param skuName string

@description('Required. False closes the account to the internet; then private endpoints lead to it.')
param publicNetwork bool

@description('Optional. Addresses or CIDR ranges that may come from the internet; empty: all.')
param addressRanges string[] = []

@description('Optional. Containers to make.')
param containers string[] = []

@description('Optional. How blobs are kept from change; absent: they can be changed and deleted. Azure takes it only when the account is made.')
param immutability immutabilityType?

@description('Conditional. Address of the vault with the encryption key. Required if `encryptionKeyName` is not empty.')
param encryptionVaultUri string = ''

@description('Optional. Name of the key that encrypts the account; empty: a key of the platform.')
param encryptionKeyName string = ''

@description('Conditional. Resource id of the identity that may use that key. Required if `encryptionKeyName` is not empty.')
param encryptionIdentityId string = ''

@description('Required. What is logged of each service.')
param logged loggedType

@description('Required. Resource id of the workspace that gets the log.')
param workspaceId string

var hasOwnKey = !empty(encryptionKeyName)

// Service-scoped keys cannot be the customer's: queues and tables need the account's.
var keyType = hasOwnKey ? 'Account' : 'Service'

var keptFromChange = immutability == null
  ? null
  : {
      enabled: true
      immutabilityPolicy: {
        immutabilityPeriodSinceCreationInDays: immutability!.days
        state: immutability!.state
        allowProtectedAppendWrites: false
      }
    }

var keyProperties = {
  keyvaulturi: encryptionVaultUri
  keyname: encryptionKeyName
}

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: skuName }
  identity: hasOwnKey
    ? {
        type: 'UserAssigned'
        userAssignedIdentities: { '${encryptionIdentityId}': {} }
      }
    : { type: 'None' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    isLocalUserEnabled: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    immutableStorageWithVersioning: keptFromChange
    publicNetworkAccess: publicNetwork ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: publicNetwork && empty(addressRanges) ? 'Allow' : 'Deny'
      ipRules: [
        for range in addressRanges: {
          value: range
          action: 'Allow'
        }
      ]
    }
    encryption: {
      keySource: hasOwnKey ? 'Microsoft.Keyvault' : 'Microsoft.Storage'
      requireInfrastructureEncryption: true
      services: {
        blob: { enabled: true, keyType: 'Account' }
        file: { enabled: true, keyType: 'Account' }
        queue: { enabled: true, keyType: keyType }
        table: { enabled: true, keyType: keyType }
      }
      identity: hasOwnKey ? { userAssignedIdentity: encryptionIdentityId } : null
      keyvaultproperties: hasOwnKey ? keyProperties : null
    }
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    // What is deleted is gone: a copy kept for days would break the promise of retention.
    deleteRetentionPolicy: { enabled: false }
    containerDeleteRetentionPolicy: { enabled: false }
    // What cannot be changed is kept as versions.
    isVersioningEnabled: immutability != null
    changeFeed: { enabled: false }
    restorePolicy: { enabled: false }
  }

  resource container 'containers' = [
    for containerName in containers: {
      name: containerName
      properties: { publicAccess: 'None' }
    }
  ]
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-08-01' = {
  parent: account
  name: 'default'
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-08-01' = {
  parent: account
  name: 'default'
}

#disable-next-line use-recent-api-versions // No stable version knows log categories of this kind.
resource blobService_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(logged.blob)) {
  name: 'to-workspace'
  scope: blobService
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in logged.blob: {
        category: category
        enabled: true
      }
    ]
  }
}

#disable-next-line use-recent-api-versions // No stable version knows log categories of this kind.
resource queueService_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(logged.queue)) {
  name: 'to-workspace'
  scope: queueService
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in logged.queue: {
        category: category
        enabled: true
      }
    ]
  }
}

#disable-next-line use-recent-api-versions // No stable version knows log categories of this kind.
resource tableService_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(logged.table)) {
  name: 'to-workspace'
  scope: tableService
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in logged.table: {
        category: category
        enabled: true
      }
    ]
  }
}

@description('Resource id of the account.')
output resourceId string = account.id

@description('Address of its blobs.')
output blobEndpoint string = account.properties.primaryEndpoints.blob

@description('Address of its queues.')
output queueEndpoint string = account.properties.primaryEndpoints.queue

@description('Address of its tables.')
output tableEndpoint string = account.properties.primaryEndpoints.table
