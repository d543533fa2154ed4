metadata name = 'Sample'

import { appType, receiverType as tellType } from 'types.bicep'
import * as shared from 'types.bicep'

@description('Required. What the app is told.')
param app appType

@description('Optional. Region of everything.')
param location string = resourceGroup().location

@description('Optional. Tags of every resource.')
param tags object = {}

@description('Optional. Further containers.')
param containers string[] = []

@description('Optional. Who is told.')
param receivers tellType[] = [
  { kind: 'mail', address: 'a@example.com' }
  { kind: 'hook', url: 'https://example.com' }
]

@description('Conditional. Name of a vault. Required if `withVault` is true.')
@minLength(3)
param vaultName string?

@description('Optional. True makes a vault.')
param withVault bool = false

@description('Optional. A secret that the app is started with.')
@secure()
param secret string?

var stamp = shared.initials([app.environment, 'sample'])

var token = '${stamp}${uniqueString(resourceGroup().id, app.environment)}'

var vault = withVault
  ? vaultName ?? fail('Configuration error: with a vault, `vaultName` must be given.')
  : ''

var addresses = [for receiver in receivers: receiver.kind == 'mail' ? '${receiver.kind}:${stamp}' : '']

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    names: {
      host: 'host${token}'
      exports: 'files${token}'
    }
    location: location
    tags: tags
    containers: concat(containers, ['package'])
    ranges: app.?ranges ?? []
  }
}

module keyVault 'modules/key-vault.bicep' = if (withVault) {
  name: 'key-vault'
  params: {
    name: vault
    location: location
    tags: union(tags, { purpose: 'secrets' })
    secret: secret ?? ''
  }
  dependsOn: [storage]
}

module site 'modules/site.bicep' = {
  name: 'site'
  params: {
    name: 'app-${token}'
    app: app
    location: location
    blobEndpoint: storage.outputs.blobEndpoints.host
    vaultUri: keyVault.?outputs.?uri ?? ''
    query: loadTextContent('queries/failures.kql')
  }
}

module roles 'modules/roles.bicep' = [
  for (name, index) in ['host', 'exports']: {
    name: 'roles-${index}'
    params: {
      accountName: name == 'host' ? storage.outputs.names.host : storage.outputs.names.exports
      identityName: site.outputs.identityName
    }
  }
]

@description('Address of the app.')
output url string = site.outputs.url

@description('Names of the accounts.')
output accounts string[] = map(items(storage.outputs.names), item => item.value)

@description('Where somebody is told.')
output told array = filter(addresses, (address, index) => !empty(address) && index >= 0)

@description('Assignments of the first account.')
output firstAssignment string = roles[0].outputs.assignmentId
