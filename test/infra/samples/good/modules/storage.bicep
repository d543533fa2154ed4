metadata name = 'Storage of the sample'

import { rangeType } from '../types.bicep'

@description('Required. Names of the accounts.')
param names {
  host: string
  exports: string
}

@description('Required. Region of the accounts.')
param location string

@description('Required. Tags of the accounts.')
param tags object

@description('Optional. Containers of the exports account.')
param containers string[] = []

@description('Optional. Addresses that may come in.')
param ranges rangeType[] = []

var rules = [for range in ranges: { value: range.value, action: 'Allow' }]

var closed = {
  allowBlobPublicAccess: false
  allowCrossTenantReplication: false
  allowSharedKeyAccess: false
  defaultToOAuthAuthentication: true
  minimumTlsVersion: 'TLS1_2'
  supportsHttpsTrafficOnly: true
}

resource host 'Microsoft.Storage/storageAccounts@2025-08-01' = {
  name: names.host
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: closed

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: false }
      containerDeleteRetentionPolicy: { enabled: false }
      isVersioningEnabled: false
    }

    resource container 'containers' = [
      for name in containers: if (name != 'host') {
        name: name
        properties: { publicAccess: 'None' }
      }
    ]
  }
}

resource exports 'Microsoft.Storage/storageAccounts@2025-08-01' = {
  name: names.exports
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: union(closed, {
    accessTier: empty(ranges) ? 'Hot' : 'Cool'
    networkAcls: {
      defaultAction: empty(ranges) ? 'Allow' : 'Deny'
      ipRules: rules
    }
  })
}

resource exportsBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: exports
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: false }
    containerDeleteRetentionPolicy: { enabled: false }
    isVersioningEnabled: false
    cors: {
      corsRules: [
        for range in ranges: {
          allowedHeaders: ['*']
          allowedMethods: ['GET']
          allowedOrigins: [range.value]
          exposedHeaders: []
          maxAgeInSeconds: 60
        }
      ]
    }
  }
}

resource exportContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = [
  for (name, index) in containers: {
    parent: exportsBlobs
    name: 'container-${name}${index}'
  }
]

@description('Names of the accounts.')
output names {
  host: string
  exports: string
} = {
  host: host.name
  exports: exports.name
}

@description('Addresses of blobs.')
output blobEndpoints { host: string, exports: string } = {
  host: host.properties.primaryEndpoints.blob
  exports: exports.properties.primaryEndpoints.blob
}

@description('Id of the service with the containers.')
output serviceId string = host::blobs.id

@description('Id of the last container.')
output lastContainerId string = exportContainers[length(containers) - 1].id
