metadata name = 'App of the sample'

import { appType } from '../types.bicep'

@description('Required. Name of the app.')
param name string

@description('Required. What the app is told.')
param app appType

@description('Required. Region of the app.')
param location string

@description('Required. Address of the host\'s blobs.')
param blobEndpoint string

@description('Required. Address of the vault; empty: none.')
param vaultUri string

@description('Required. Query of an alert.')
param query string

var size = app.?plan ?? { alwaysReady: 0, memory: 2048 }

var storageSettings = {
  AzureWebJobsStorage__blobServiceUri: blobEndpoint
  AzureWebJobsStorage__queueServiceUri: replace(blobEndpoint, '.blob.', '.queue.')
  AzureWebJobsStorage__tableServiceUri: replace(blobEndpoint, '.blob.', '.table.')
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.properties.clientId
}

var issuers = app.?issuersFile == null ? {} : { SLUICE_ISSUERS: app.?issuersFile ?? '' }

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-identity'
  location: location
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: '${name}-log'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    features: {
      disableLocalAuth: true
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${name}-insights'
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    WorkspaceResourceId: workspace.id
  }
}

resource flexPlan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: '${name}-plan'
  location: location
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: flexPlan.id
    httpsOnly: true
    siteConfig: {
      minTlsVersion: '1.2'
    }
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      scaleAndConcurrency: {
        instanceMemoryMB: size.memory
        alwaysReady: size.alwaysReady > 0
          ? [
              { name: 'durable', instanceCount: size.alwaysReady }
            ]
          : []
      }
    }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'scm'
  properties: {
    allow: false
  }
}

resource siteSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'appsettings'
  properties: union(storageSettings, issuers, {
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    SLUICE_ENVIRONMENT: app.environment
    SLUICE_KEY_VAULT_URL: vaultUri
  })
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-failures'
  location: location
  properties: {
    displayName: 'Failures'
    severity: 2
    enabled: true
    scopes: [workspace.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      allOf: [
        {
          query: '${query}\n'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
  }
}

resource latency 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-latency'
  location: 'global'
  properties: {
    severity: 3
    enabled: true
    scopes: [site.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'slow'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'HttpResponseTime'
          operator: 'GreaterThan'
          threshold: 10
          timeAggregation: 'Average'
        }
      ]
    }
  }
}

@description('Address of the app.')
output url string = 'https://${site.properties.defaultHostName}'

@description('Name of the identity.')
output identityName string = identity.name
