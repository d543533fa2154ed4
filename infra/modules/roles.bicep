metadata name = 'Roles'
metadata description = 'Who may do what: the least that each identity needs, each on one resource, each with its reason.'

import { accountNamesType } from '../types.bicep'
import { roleIds } from '../role-ids.bicep'

@description('Required. Name of the stamp in the names of its own roles, which are unique in the directory.')
param stampName string

@description('Required. Names of the three storage accounts.')
param accountNames accountNamesType

@description('Required. Name of the container with the signed heads of the audit log.')
param auditHeadsContainer string

@description('Required. Name of the vault.')
param vaultName string

@description('Required. Name of Application Insights.')
param insightsName string

@description('Required. Name of the Durable Task Scheduler; empty: the hub is in storage.')
param schedulerName string

@description('Required. Name of the identity that does the work.')
param appIdentityName string

@description('Required. Name of the identity that signs links.')
param linksIdentityName string

@description('Required. Object id of the operator who writes secrets; empty: nobody is given that right here.')
param operatorPrincipalId string

@description('Required. Kind of that principal.')
param operatorPrincipalType 'User' | 'Group' | 'ServicePrincipal'

resource host 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: accountNames.host
}

resource state 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: accountNames.state
}

resource auditHeads 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' existing = {
  name: '${accountNames.state}/default/${auditHeadsContainer}'
}

resource exports 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: accountNames.exports
}

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' existing = if (!empty(schedulerName)) {
  name: schedulerName
}

resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: appIdentityName
}

resource links 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: linksIdentityName
}

var blobActions = 'Microsoft.Storage/storageAccounts/blobServices/containers'

// Storage Blob Data Contributor without the action that gives out user delegation keys: whoever writes exports
// cannot sign links to them, for anybody, for seven days.
resource exportWriter 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, stampName, 'export-writer')
  properties: {
    roleName: 'Sluice export writer (${stampName})'
    description: 'Makes, fills and deletes the containers of exports, and cannot sign links.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: [
          '${blobActions}/read'
          '${blobActions}/write'
          '${blobActions}/delete'
        ]
        dataActions: [
          '${blobActions}/blobs/read'
          '${blobActions}/blobs/write'
          '${blobActions}/blobs/delete'
        ]
      }
    ]
  }
}

// Each head is added once. Without the right to write over a blob or to delete one, an app that was taken over
// cannot replace what it signed before.
resource auditHeadWriter 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, stampName, 'audit-head-writer')
  properties: {
    roleName: 'Sluice audit head writer (${stampName})'
    description: 'Adds and reads blobs, and can neither change nor delete one.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        actions: ['${blobActions}/read']
        dataActions: [
          '${blobActions}/blobs/read'
          '${blobActions}/blobs/add/action'
        ]
      }
    ]
  }
}

// Names are made from what is known before anything is deployed, so that `what-if` can tell an unchanged
// assignment from a new one.
var definitions = 'Microsoft.Authorization/roleDefinitions'

// The host takes blob leases as locks and reads its package there; Microsoft asks for Owner because it
// sets permissions on its own containers. It could sign links to these, and there is no export among them.
resource appOnHostBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(host.id, app.id, roleIds['Storage Blob Data Owner'])
  scope: host
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roleIds['Storage Blob Data Owner'])
    principalId: app.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Durable Functions keeps its work items and control messages in queues.
resource appOnHostQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(host.id, app.id, roleIds['Storage Queue Data Contributor'])
  scope: host
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roleIds['Storage Queue Data Contributor'])
    principalId: app.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Durable Functions keeps history and instances in tables.
resource appOnHostTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(host.id, app.id, roleIds['Storage Table Data Contributor'])
  scope: host
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roleIds['Storage Table Data Contributor'])
    principalId: app.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Tenants, keys, exports and the audit log are rows that the app writes, in tables that it makes.
resource appOnState 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(state.id, app.id, roleIds['Storage Table Data Contributor'])
  scope: state
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roleIds['Storage Table Data Contributor'])
    principalId: app.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// The app writes signed heads of the audit log, in the one container that holds nothing else.
resource appOnAuditHeads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(auditHeads.id, app.id, auditHeadWriter.name)
  scope: auditHeads
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, auditHeadWriter.name)
    principalId: app.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// The app makes a container per export, writes its files, and deletes both. It cannot sign links.
resource appOnExports 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(exports.id, app.id, exportWriter.name)
  scope: exports
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, exportWriter.name)
    principalId: app.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Signing a link needs a user delegation key, which is given out for the whole account only.
resource linksDelegator 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(exports.id, links.id, roleIds['Storage Blob Delegator'])
  scope: exports
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roleIds['Storage Blob Delegator'])
    principalId: links.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// A link has the rights of its signer at most: with Reader it can read, whatever it says it may do.
resource linksReader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(exports.id, links.id, roleIds['Storage Blob Data Reader'])
  scope: exports
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roleIds['Storage Blob Data Reader'])
    principalId: links.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// The app reads secrets and can neither write nor delete one.
resource appOnVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, app.id, roleIds['Key Vault Secrets User'])
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roleIds['Key Vault Secrets User'])
    principalId: app.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Whoever runs `npm run secrets` writes the stamp's secrets.
resource operatorOnVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorPrincipalId)) {
  name: guid(vault.id, operatorPrincipalId, roleIds['Key Vault Secrets Officer'])
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roleIds['Key Vault Secrets Officer'])
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
  }
}

// Telemetry is sent by identity, because local auth is off.
resource appOnInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, app.id, roleIds['Monitoring Metrics Publisher'])
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roleIds['Monitoring Metrics Publisher'])
    principalId: app.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// With the scheduler as backend the hub is there, and the app works through it.
resource appOnScheduler 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(schedulerName)) {
  name: guid(resourceGroup().id, schedulerName, app.id, roleIds['Durable Task Data Contributor'])
  scope: scheduler
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roleIds['Durable Task Data Contributor'])
    principalId: app.properties.principalId
    principalType: 'ServicePrincipal'
  }
}
