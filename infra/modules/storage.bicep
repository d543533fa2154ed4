metadata name = 'Storage'
metadata description = 'Three accounts, kept apart: host and hub, state, exports. Nothing but files of exports is in the last one.'

import { accountNamesType, immutabilityType } from '../types.bicep'

@description('Required. Names of the three accounts.')
param names accountNamesType

@description('Required. Region of the stamp.')
param location string

@description('Required. Tags of every resource.')
param tags object

@description('Required. True keeps three copies in three zones.')
param zoneRedundant bool

@description('Required. False closes the accounts of host and state to the internet.')
param innerPublicNetwork bool

@description('Required. False closes the account with the exports to the internet: links then work from the private network only.')
param exportsPublicNetwork bool

@description('Required. Addresses or CIDR ranges that may use links from the internet; empty: all.')
param exportRanges string[]

@description('Required. Days that Sluice keeps the files of an export; the lifecycle rule comes later.')
param retentionDays int

@description('Required. Name of the container for the signed heads of the audit log.')
param auditHeadsContainer string

@description('Required. How the signed heads of the audit log are kept from change.')
param auditHeads immutabilityType

@description('Required. Address of the vault with the encryption key.')
param encryptionVaultUri string

@description('Required. Name of the key that encrypts the accounts; empty: keys of the platform.')
param encryptionKeyName string

@description('Required. Resource id of the identity that may use that key; empty: keys of the platform.')
param encryptionIdentityId string

@description('Required. Resource id of the workspace that gets the logs.')
param workspaceId string

var skuName = zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'

var packageContainerName = 'app-package'

var everyCategory = [
  'StorageRead'
  'StorageWrite'
  'StorageDelete'
]

// The host's own: its leases, the task hub, and the package that it runs.
module host 'storage-account.bicep' = {
  name: 'storage-host'
  params: {
    name: names.host
    location: location
    tags: tags
    skuName: skuName
    publicNetwork: innerPublicNetwork
    containers: [packageContainerName]
    encryptionVaultUri: encryptionVaultUri
    encryptionKeyName: encryptionKeyName
    encryptionIdentityId: encryptionIdentityId
    // Who changed the package matters; the hub's polling would cost more than it tells.
    logged: {
      blob: [
        'StorageWrite'
        'StorageDelete'
      ]
      queue: []
      table: []
    }
    workspaceId: workspaceId
  }
}

// Tenants, keys, exports, the audit log. The app makes its tables itself. The only blobs are the signed heads
// of the audit log: whoever rewrites its table cannot rewrite them.
module state 'storage-account.bicep' = {
  name: 'storage-state'
  params: {
    name: names.state
    location: location
    tags: tags
    skuName: skuName
    publicNetwork: innerPublicNetwork
    containers: [auditHeadsContainer]
    immutability: auditHeads
    encryptionVaultUri: encryptionVaultUri
    encryptionKeyName: encryptionKeyName
    encryptionIdentityId: encryptionIdentityId
    logged: {
      blob: everyCategory
      queue: everyCategory
      table: everyCategory
    }
    workspaceId: workspaceId
  }
}

// The files of exports: one container each, and nothing else.
module exports 'storage-account.bicep' = {
  name: 'storage-exports'
  params: {
    name: names.exports
    location: location
    tags: tags
    skuName: skuName
    publicNetwork: exportsPublicNetwork
    addressRanges: exportRanges
    encryptionVaultUri: encryptionVaultUri
    encryptionKeyName: encryptionKeyName
    encryptionIdentityId: encryptionIdentityId
    logged: {
      blob: everyCategory
      queue: everyCategory
      table: everyCategory
    }
    workspaceId: workspaceId
  }
}

module exportsLifecycle 'lifecycle.bicep' = {
  name: 'storage-exports-lifecycle'
  params: {
    accountName: names.exports
    // A retry of failed tables starts the retention of the good ones anew, so files can rightly be older
    // than the retention; thirty days more are past every such chain that people make.
    days: retentionDays + 30
  }
  dependsOn: [exports]
}

@description('Resource id of the account of host and hub.')
output hostId string = host.outputs.resourceId

@description('Address of the host\'s blobs.')
output hostBlobEndpoint string = host.outputs.blobEndpoint

@description('Address of the host\'s queues.')
output hostQueueEndpoint string = host.outputs.queueEndpoint

@description('Address of the host\'s tables.')
output hostTableEndpoint string = host.outputs.tableEndpoint

@description('Address of the container with the app\'s package.')
output packageContainerUrl string = '${host.outputs.blobEndpoint}${packageContainerName}'

@description('Resource id of the account of the state.')
output stateId string = state.outputs.resourceId

@description('Address of the state\'s tables.')
output stateTableEndpoint string = state.outputs.tableEndpoint

@description('Resource id of the account of the exports.')
output exportsId string = exports.outputs.resourceId

@description('Address of the exports\' blobs.')
output exportsBlobEndpoint string = exports.outputs.blobEndpoint
