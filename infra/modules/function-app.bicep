metadata name = 'Function app'
metadata description = 'The app on Flex Consumption: its plan, its size, and no way in but the API. Its settings are in app-settings.bicep.'

import { scalingType } from '../types.bicep'

@description('Required. Name of the app, unique in the world.')
param name string

@description('Required. Region of the stamp.')
param location string

@description('Required. Tags of every resource.')
param tags object

@description('Required. Node version; Azure decides by region which ones there are.')
param nodeVersion '24' | '22'

@description('Required. Size and number of instances.')
param scaling scalingType

@description('Required. What a deployment does to running instances.')
param siteUpdateStrategy 'Recreate' | 'RollingUpdate'

@description('Required. True spreads instances over three zones.')
param zoneRedundant bool

@description('Required. False closes the API to the internet; then a private endpoint leads to it.')
param publicNetwork bool

@description('Required. Resource id of the subnet that the app works from; empty: the internet.')
param subnetId string

@description('Required. Resource id of the identity that does the work.')
param appIdentityId string

@description('Required. Resource id of the identity that signs links.')
param linksIdentityId string

@description('Required. Address of the container with the app\'s package.')
param packageContainerUrl string

@description('Required. Resource id of the workspace that gets the metrics.')
param workspaceId string

var alwaysReady = [
  {
    name: 'durable'
    instanceCount: scaling.alwaysReadyDurable
  }
  {
    name: 'http'
    instanceCount: scaling.alwaysReadyHttp
  }
]

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  // The tag is how `azd` finds the app that it deploys to.
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${appIdentityId}': {}
      '${linksIdentityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    reserved: true
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: publicNetwork ? 'Enabled' : 'Disabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    keyVaultReferenceIdentity: appIdentityId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      remoteDebuggingEnabled: false
      webSocketsEnabled: false
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: appIdentityId
          }
        }
      }
      runtime: {
        name: 'node'
        version: nodeVersion
      }
      #disable-next-line BCP037 // Azure takes it; the types of this version have not heard of it yet.
      siteUpdateStrategy: { type: siteUpdateStrategy }
      scaleAndConcurrency: {
        instanceMemoryMB: scaling.instanceMemoryMB
        maximumInstanceCount: scaling.maximumInstanceCount
        alwaysReady: filter(alwaysReady, group => group.instanceCount > 0)
      }
    }
  }
}

// Publishing with a user name and password would be a shared key by another name.
resource ftpPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource scmPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

#disable-next-line use-recent-api-versions // No stable version knows log categories of this kind.
resource app_diagnosticSettings 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: app
  properties: {
    // Its log lines come by Application Insights; FunctionAppLogs would be the same again, and paid for again.
    workspaceId: workspaceId
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Name of the app.')
output name string = app.name

@description('Resource id of the app.')
output resourceId string = app.id

@description('Address of the API.')
output apiUrl string = 'https://${app.properties.defaultHostName}'
