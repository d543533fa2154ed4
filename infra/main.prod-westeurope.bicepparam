using 'main.bicep'

// The stamp of customers whose data stays in West Europe.

param environmentName = 'livewe'

param location = 'westeurope'

param tags = {
  application: 'sluice'
  environment: 'production'
}

param scaling = {
  instanceMemoryMB: 2048
  maximumInstanceCount: 40
  alwaysReadyDurable: 2
  alwaysReadyHttp: 2
}

param zoneRedundant = true

param customerManagedKey = true

// Lock it once you are sure: from then on nobody can shorten it, and the state account stays for as long.
param auditHeads = {
  days: 400
  state: 'Unlocked'
}

param privateNetwork = {
  addressPrefix: '10.40.0.0/24'
  appSubnetPrefix: '10.40.0.0/26'
  endpointSubnetPrefix: '10.40.0.64/27'
  // The vendor's PostgreSQL; the port is PgBouncer's or the server's.
  databases: [
    {
      name: 'app'
      addressPrefix: '10.50.0.0/28'
      port: 5432
    }
  ]
}

param exposure = {
  exportsPublic: true
  apiPublic: true
}

param otherStamps = {
  livene: {
    region: 'northeurope'
    url: readEnvironmentVariable('SLUICE_URL_NORTHEUROPE', 'https://sluice-ne.example.com')
  }
}

param alertReceivers = [
  {
    name: 'on-call'
    email: readEnvironmentVariable('ALERT_EMAIL', 'on-call@example.com')
  }
]

param operatorPrincipalId = readEnvironmentVariable('OPERATOR_GROUP_ID', '')

param operatorPrincipalType = 'Group'

// Where `npm run secrets` is run from.
param operatorRanges = ['203.0.113.10']

param deleteLocks = true
