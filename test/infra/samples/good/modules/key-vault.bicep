metadata name = 'Vault of the sample'

@description('Required. Name of the vault.')
param name string

@description('Required. Region of the vault.')
param location string

@description('Required. Tags of the vault.')
param tags object

@description('Required. A secret to keep; empty: none.')
@secure()
param secret string

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    softDeleteRetentionInDays: 90
  }
}

resource kept 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = if (!empty(secret)) {
  parent: vault
  name: 'kept'
  properties: { value: secret }
}

@description('Address of the vault.')
output uri string = vault.properties.vaultUri
