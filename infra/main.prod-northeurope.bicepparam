using 'main.bicep'

// The stamp of customers whose data stays in North Europe.

param environmentName = 'livene'

param location = 'northeurope'

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
  addressPrefix: '10.41.0.0/24'
  appSubnetPrefix: '10.41.0.0/26'
  endpointSubnetPrefix: '10.41.0.64/27'
  // The vendor's PostgreSQL; the port is PgBouncer's or the server's.
  databases: [
    {
      name: 'app'
      addressPrefix: '10.51.0.0/28'
      port: 5432
    }
  ]
}

param exposure = {
  exportsPublic: true
  apiPublic: true
}

// `none` until the other stamp is there.
var otherUrl = readEnvironmentVariable('SLUICE_URL_WESTEUROPE')

param otherStamps = otherUrl == 'none'
  ? {}
  : {
      livewe: {
        region: 'westeurope'
        url: otherUrl
      }
    }

param alertReceivers = [
  {
    name: 'on-call'
    email: readEnvironmentVariable('ALERT_EMAIL')
  }
]

param operatorPrincipalId = readEnvironmentVariable('OPERATOR_GROUP_ID')

param operatorPrincipalType = 'Group'

// Where `npm run secrets` is run from: addresses and CIDR ranges with commas, or `none`.
var ranges = readEnvironmentVariable('OPERATOR_RANGES')

param operatorRanges = ranges == 'none' ? [] : split(ranges, ',')

param deleteLocks = true
