metadata name = 'Monitoring'
metadata description = 'One workspace for every log of the stamp, and Application Insights on top of it.'

@description('Required. Name that both begin with.')
param namePrefix string

@description('Required. Region of the stamp.')
param location string

@description('Required. Tags of every resource.')
param tags object

@description('Required. Days that logs are kept; the audit log of Sluice itself is kept elsewhere and longer.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('Required. Most GB a day before the workspace stops taking logs; -1 is no limit.')
param dailyQuotaGb int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: '${namePrefix}-logs'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyQuotaGb }
    features: {
      // Agents with a shared key could write forged lines into the evidence.
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${namePrefix}-insights'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    // Telemetry is sent by identity; the connection string alone opens nothing.
    DisableLocalAuth: true
  }
}

@description('Resource id of the workspace.')
output workspaceId string = workspace.id

@description('When the workspace was made, ISO 8601.')
output workspaceCreatedAt string = workspace.properties.createdDate

@description('Where telemetry is sent. It names the endpoint and opens nothing, because local auth is off.')
output insightsConnectionString string = insights.properties.ConnectionString
