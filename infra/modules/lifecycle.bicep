metadata name = 'Lifecycle'
metadata description = 'The second line of retention: what the sweep should ever leave behind is deleted by the platform.'

@description('Required. Name of the account with the exports.')
param accountName string

@description('Required. Days after which a file is deleted whatever Sluice knows of it.')
@minValue(2)
param days int

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: accountName
}

resource policy 'Microsoft.Storage/storageAccounts/managementPolicies@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'delete-what-the-sweep-left'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'] }
            actions: {
              baseBlob: { delete: { daysAfterCreationGreaterThan: days } }
              snapshot: { delete: { daysAfterCreationGreaterThan: days } }
              version: { delete: { daysAfterCreationGreaterThan: days } }
            }
          }
        }
      ]
    }
  }
}
