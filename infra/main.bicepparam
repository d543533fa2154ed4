using 'main.bicep'

// A stamp to try things on: small, cheap, open. `azd up` takes this file.

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')

param tags = {
  application: 'sluice'
  'azd-env-name': readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
}

param scaling = {
  instanceMemoryMB: 2048
  maximumInstanceCount: 5
  alwaysReadyDurable: 0
  alwaysReadyHttp: 0
}

// A stamp to throw away: nothing in it is kept from being deleted.
param auditHeads = {
  days: 1
  state: 'Disabled'
}

param logRetentionDays = 30

param logDailyQuotaGb = 1

param operatorPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')

param operatorPrincipalType = any(readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User'))
