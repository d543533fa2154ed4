metadata name = 'Locks'
metadata description = 'What must not be deleted by mistake: the state with the audit log, and the vault with the keys.'

@description('Required. Name of the account with the state.')
param stateAccountName string

@description('Required. Name of the vault.')
param vaultName string

resource state 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: stateAccountName
}

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName
}

resource stateLock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'sluice-state'
  scope: state
  properties: {
    level: 'CanNotDelete'
    notes: 'Tenants, keys, exports and the audit log. Rows can still be deleted; the account cannot.'
  }
}

resource vaultLock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'sluice-vault'
  scope: vault
  properties: {
    level: 'CanNotDelete'
    notes: 'Without the master key every sealed secret of this stamp is lost.'
  }
}
