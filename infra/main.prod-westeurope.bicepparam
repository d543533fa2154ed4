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

// `none` until the other stamp is there.
var otherUrl = readEnvironmentVariable('SLUICE_URL_NORTHEUROPE')

param otherStamps = otherUrl == 'none'
  ? {}
  : {
      livene: {
        region: 'northeurope'
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
