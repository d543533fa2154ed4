metadata name = 'Alerts'
metadata description = 'What wakes somebody up: rules on the logs, rules on metrics of the platform, the workbook to look at first.'

import { alertReceiverType } from '../types.bicep'

@description('Required. Name that every resource begins with.')
param namePrefix string

@description('Required. Region of the stamp.')
param location string

@description('Required. Tags of every resource.')
param tags object

@description('Required. Who is told; empty: alerts are only seen in the portal.')
param receivers alertReceiverType[]

@description('Required. Resource id of the workspace with the logs.')
param workspaceId string

@description('Required. When the workspace was made; a stamp that is younger than an alert looks back is given its time.')
param workspaceCreatedAt string

@description('Required. Resource id of the vault.')
param vaultId string

@description('Required. Resource ids of the storage accounts by their short name.')
param storageAccountIds object

// Each: name, displayName, description, severity, evaluationFrequency, windowSize, operator, threshold and
// autoMitigate, where needed muteActionsDuration; times in ISO 8601.
var alerts = loadJsonContent('../monitoring/alerts.json')

// Files are loaded when the template is built, so each is named here; a test compares the two lists.
var queries = {
  'audit-gap': loadTextContent('../monitoring/alerts/audit-gap.kql')
  'delivery-backlog': loadTextContent('../monitoring/alerts/delivery-backlog.kql')
  'failed-exports': loadTextContent('../monitoring/alerts/failed-exports.kql')
  'links-misused': loadTextContent('../monitoring/alerts/links-misused.kql')
  'long-exports': loadTextContent('../monitoring/alerts/long-exports.kql')
  'queue-stuck': loadTextContent('../monitoring/alerts/queue-stuck.kql')
  'readiness-failing': loadTextContent('../monitoring/alerts/readiness-failing.kql')
  'server-errors': loadTextContent('../monitoring/alerts/server-errors.kql')
  'sweep-missing': loadTextContent('../monitoring/alerts/sweep-missing.kql')
  'table-restarts': loadTextContent('../monitoring/alerts/table-restarts.kql')
}

// What the query files say where the workspace's birth belongs.
var birthInQueries = '2000-01-01T00:00:00Z'

resource onCall 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${namePrefix}-on-call'
  location: 'global'
  tags: tags
  properties: {
    // Shown in messages; twelve characters at most.
    groupShortName: 'sluice'
    enabled: true
    emailReceivers: [
      for receiver in receivers: {
        name: receiver.name
        emailAddress: receiver.email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in alerts: {
    name: '${namePrefix}-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Sluice: ${alert.displayName}'
      description: alert.description
      enabled: true
      severity: alert.severity
      scopes: [workspaceId]
      evaluationFrequency: alert.evaluationFrequency
      windowSize: alert.windowSize
      autoMitigate: alert.autoMitigate
      muteActionsDuration: alert.?muteActionsDuration
      // The tables are made by their first row; the rules must not wait for it.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: replace(queries[alert.name], birthInQueries, workspaceCreatedAt)
            timeAggregation: 'Count'
            operator: alert.operator
            threshold: alert.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: [onCall.id] }
    }
  }
]

resource vaultThrottled 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: '${namePrefix}-vault-throttled'
  location: 'global'
  tags: tags
  properties: {
    description: 'The vault refuses calls with 429. Secrets are kept for ten minutes, so this means that very many instances start at once, or that somebody else uses this vault.'
    severity: 2
    enabled: true
    scopes: [vaultId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'throttled'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.KeyVault/vaults'
          metricName: 'ServiceApiResult'
          dimensions: [
            {
              name: 'StatusCode'
              operator: 'Include'
              values: ['429']
            }
          ]
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: onCall.id }]
  }
}

resource storageUnavailable 'Microsoft.Insights/metricAlerts@2026-01-01' = [
  for account in items(storageAccountIds): {
    name: '${namePrefix}-storage-unavailable-${account.key}'
    location: 'global'
    tags: tags
    properties: {
      description: 'Less than 99 % of the calls to this account succeed. Exports wait and are taken up again; links may fail for a while.'
      severity: 1
      enabled: true
      scopes: [account.value]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: 'availability'
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: 'Microsoft.Storage/storageAccounts'
            metricName: 'Availability'
            timeAggregation: 'Average'
            operator: 'LessThan'
            threshold: 99
          }
        ]
      }
      actions: [{ actionGroupId: onCall.id }]
    }
  }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, namePrefix, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Sluice ${namePrefix}'
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: workspaceId
    serializedData: loadTextContent('../monitoring/workbook.json')
  }
}

@description('Resource id of the workbook.')
output workbookId string = workbook.id
