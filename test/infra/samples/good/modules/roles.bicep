metadata name = 'Roles of the sample'

import { roleIds } from '../types.bicep'

@description('Required. Name of the account.')
param accountName string

@description('Required. Name of the identity.')
param identityName string

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: accountName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

var role = roleIds['Storage Blob Data Owner']

// The host takes blob leases as locks.
resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, identity.id, role)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

@description('Id of the assignment.')
output assignmentId string = assignment.id
