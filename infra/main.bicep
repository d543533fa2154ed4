metadata name = 'Sluice'
metadata description = 'One stamp: everything that Sluice needs in one region, in one resource group. See README.md.'

import { alertReceiverType, apiType, collectorType, exposureType, immutabilityType, otherStampType, privateNetworkType, scalingType } from 'types.bicep'

@description('Required. Names the stamp inside API keys, for example dev or live: 2 to 8 lower-case letters. It never changes, or the keys made before are refused.')
@minLength(2)
@maxLength(8)
param environmentName string

@description('Optional. Region of the stamp; every tenant made here belongs to it.')
param location string = resourceGroup().location

@description('Optional. Tags of every resource.')
param tags object = {}

@description('Optional. Node version. Where a region has no 24 yet, take 22.')
param nodeVersion '24' | '22' = '24'

@description('Optional. Size and number of instances.')
param scaling scalingType = {
  instanceMemoryMB: 2048
  maximumInstanceCount: 40
  alwaysReadyDurable: 1
  alwaysReadyHttp: 0
}

@description('Optional. What a deployment does to running instances: `Recreate` ends them all at once, and every table that is being read begins again; `RollingUpdate` (a preview of Azure) lets each end what it does within an hour, old and new side by side.')
param siteUpdateStrategy 'Recreate' | 'RollingUpdate' = 'Recreate'

@description('Optional. True keeps storage in three zones and spreads instances over them; the region must have zones.')
param zoneRedundant bool = false

@description('Optional. Who can reach the files of exports and the API.')
param exposure exposureType = {
  exportsPublic: true
  apiPublic: true
}

@description('Optional. A network of the stamp\'s own; absent: storage and vault are reached over the internet by identity.')
param privateNetwork privateNetworkType?

@description('Optional. True encrypts storage with a key of the vault. It can be switched on when the stamp is made, not later.')
param customerManagedKey bool = false

@description('Optional. How the signed heads of the audit log are kept from change. It is chosen when the stamp is made; later only days and state can change, and `Locked` never again.')
param auditHeads immutabilityType = {
  days: 400
  state: 'Unlocked'
}

@description('Optional. Where orchestrations live: `storage` needs nothing more, `scheduler` makes a Durable Task Scheduler and wants a package made with `--backend scheduler`.')
param durableBackend 'storage' | 'scheduler' = 'storage'

@description('Optional. How the scheduler is paid; read only if `durableBackend` is `scheduler`.')
param schedulerSku 'Consumption' | 'Dedicated' = 'Consumption'

@description('Optional. What the API takes and how exports are made.')
param api apiType = {
  retentionDays: 7
  gzipLevel: 1
}

@description('Optional. The vendor\'s other stamps by their environment name; a key of one of them is shown the way there.')
param otherStamps { *: otherStampType } = {}

@description('Optional. Who is told of alerts.')
param alertReceivers alertReceiverType[] = []

@description('Optional. Days that logs are kept; the audit log of Sluice itself is kept in the state account.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Optional. Most GB of logs a day; -1 is no limit. A limit saves money and makes you blind once it is reached.')
param logDailyQuotaGb int = -1

@description('Optional. An OpenTelemetry collector that gets metrics beside Application Insights.')
param collector collectorType?

@description('Optional. Object id of the operator, or of a group of operators, who may write the vault\'s secrets.')
param operatorPrincipalId string = ''

@description('Optional. Kind of that principal.')
param operatorPrincipalType 'User' | 'Group' | 'ServicePrincipal' = 'User'

@description('Optional. Addresses or CIDR ranges that operators reach the vault from, where `privateNetwork` closes it to everybody else.')
param operatorRanges string[] = []

@description('Optional. True keeps the state account and the vault from being deleted by mistake.')
param deleteLocks bool = false

var needsNetwork = !exposure.exportsPublic || !exposure.apiPublic

var hasNetwork = privateNetwork != null || (needsNetwork
  ? fail('Configuration error: exports or the API are closed to the internet, so `privateNetwork` must be given.')
  : false)

// Azure refuses a single instance that is always ready where there must be one in each of several zones.
var tooFewReady = zoneRedundant && (scaling.alwaysReadyDurable == 1 || scaling.alwaysReadyHttp == 1)

var letters = map(range(0, length(environmentName)), index => substring(environmentName, index, 1))

// The app refuses other names, and a stamp by such a name would serve nothing.
var stampName = empty(filter(letters, letter => !contains('abcdefghijklmnopqrstuvwxyz', letter)))
  ? environmentName
  : fail('Configuration error: `environmentName` must be 2 to 8 lower-case letters, for example dev. azd gives the name of its environment.')

// A value that was forgotten must not become a setting that points nowhere.
var stampsWithoutAddress = filter(items(otherStamps), stamp => !startsWith(stamp.value.url, 'https://'))

var knownStamps = empty(stampsWithoutAddress)
  ? otherStamps
  : fail('Configuration error: the `url` of every stamp in `otherStamps` must begin with https://.')

var receiversWithoutAddress = filter(alertReceivers, receiver => !contains(receiver.email, '@'))

var knownReceivers = empty(receiversWithoutAddress)
  ? alertReceivers
  : fail('Configuration error: the `email` of every receiver in `alertReceivers` must be a mail address.')

var namePrefix = 'sluice-${stampName}'

var token = uniqueString(resourceGroup().id, environmentName)

var accountNames = {
  host: 'sluicehost${token}'
  state: 'sluicestate${token}'
  exports: 'sluicefiles${token}'
}

// The app's own name for it, lib/adapters/blobs/blob-head-seals.ts.
var auditHeadsContainer = 'audit-heads'

var vaultName = 'sluice-${token}'

var appName = '${namePrefix}-${token}'

var hasScheduler = durableBackend == 'scheduler'

var schedulerName = hasScheduler ? '${namePrefix}-${token}' : ''

var schedulerHubName = hasScheduler ? 'sluice' : ''

module identities 'modules/identities.bicep' = {
  name: 'identities'
  params: {
    namePrefix: namePrefix
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    namePrefix: namePrefix
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
  }
}

module network 'modules/network.bicep' = if (hasNetwork) {
  name: 'network'
  params: {
    namePrefix: namePrefix
    location: location
    tags: tags
    network: privateNetwork!
  }
}

module keyVault 'modules/key-vault.bicep' = {
  name: 'key-vault'
  params: {
    name: vaultName
    location: location
    tags: tags
    publicNetwork: !hasNetwork
    operatorRanges: operatorRanges
    customerManagedKey: customerManagedKey
    workspaceId: monitoring.outputs.workspaceId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    names: accountNames
    auditHeadsContainer: auditHeadsContainer
    location: location
    tags: tags
    zoneRedundant: zoneRedundant
    innerPublicNetwork: !hasNetwork
    exportsPublicNetwork: exposure.exportsPublic
    exportRanges: exposure.?exportRanges ?? []
    retentionDays: api.retentionDays
    auditHeads: auditHeads
    encryptionVaultUri: keyVault.outputs.uri
    encryptionKeyName: keyVault.outputs.storageKeyName
    encryptionIdentityId: keyVault.outputs.encryptionIdentityId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module scheduler 'modules/scheduler.bicep' = if (hasScheduler) {
  name: 'scheduler'
  params: {
    name: schedulerName
    hubName: schedulerHubName
    location: location
    tags: tags
    skuName: schedulerSku
  }
}

module roles 'modules/roles.bicep' = {
  name: 'roles'
  params: {
    stampName: appName
    accountNames: accountNames
    auditHeadsContainer: auditHeadsContainer
    vaultName: vaultName
    insightsName: '${namePrefix}-insights'
    schedulerName: schedulerName
    appIdentityName: '${namePrefix}-app'
    linksIdentityName: '${namePrefix}-links'
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
  }
  dependsOn: [
    identities
    keyVault
    monitoring
    scheduler
    storage
  ]
}

module app 'modules/function-app.bicep' = {
  name: 'function-app'
  params: {
    name: appName
    location: location
    tags: tags
    nodeVersion: nodeVersion
    scaling: tooFewReady
      ? fail('Configuration error: with `zoneRedundant`, `alwaysReadyDurable` and `alwaysReadyHttp` are 0 or at least 2.')
      : scaling
    siteUpdateStrategy: siteUpdateStrategy
    zoneRedundant: zoneRedundant
    publicNetwork: exposure.apiPublic
    subnetId: network.?outputs.?appSubnetId ?? ''
    appIdentityId: identities.outputs.appResourceId
    linksIdentityId: identities.outputs.linksResourceId
    packageContainerUrl: storage.outputs.packageContainerUrl
    workspaceId: monitoring.outputs.workspaceId
  }
  // Without its roles the app cannot read its package.
  dependsOn: [roles]
}

module privateEndpoints 'modules/private-endpoints.bicep' = if (hasNetwork) {
  name: 'private-endpoints'
  params: {
    namePrefix: namePrefix
    location: location
    tags: tags
    virtualNetworkId: network!.outputs.virtualNetworkId
    subnetId: network!.outputs.endpointSubnetId
    targets: concat(
      [
        { name: 'host-blob', targetId: storage.outputs.hostId, group: 'blob' }
        { name: 'host-queue', targetId: storage.outputs.hostId, group: 'queue' }
        { name: 'host-table', targetId: storage.outputs.hostId, group: 'table' }
        { name: 'state-table', targetId: storage.outputs.stateId, group: 'table' }
        { name: 'state-blob', targetId: storage.outputs.stateId, group: 'blob' }
        { name: 'exports-blob', targetId: storage.outputs.exportsId, group: 'blob' }
        { name: 'vault', targetId: keyVault.outputs.resourceId, group: 'vault' }
      ],
      exposure.apiPublic ? [] : [{ name: 'api', targetId: app.outputs.resourceId, group: 'sites' }]
    )
  }
}

module appSettings 'modules/app-settings.bicep' = {
  name: 'app-settings'
  params: {
    appName: appName
    environmentName: stampName
    instanceMemoryMB: scaling.instanceMemoryMB
    region: location
    api: api
    otherStamps: knownStamps
    appClientId: identities.outputs.appClientId
    linksClientId: identities.outputs.linksClientId
    hostBlobEndpoint: storage.outputs.hostBlobEndpoint
    hostQueueEndpoint: storage.outputs.hostQueueEndpoint
    hostTableEndpoint: storage.outputs.hostTableEndpoint
    stateTableEndpoint: storage.outputs.stateTableEndpoint
    exportsBlobEndpoint: storage.outputs.exportsBlobEndpoint
    vaultUri: keyVault.outputs.uri
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    schedulerEndpoint: scheduler.?outputs.?endpoint ?? ''
    schedulerHubName: schedulerHubName
    collector: collector
  }
  dependsOn: [
    app
    privateEndpoints
  ]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    namePrefix: namePrefix
    location: location
    tags: tags
    receivers: knownReceivers
    workspaceId: monitoring.outputs.workspaceId
    workspaceCreatedAt: monitoring.outputs.workspaceCreatedAt
    vaultId: keyVault.outputs.resourceId
    storageAccountIds: {
      host: storage.outputs.hostId
      state: storage.outputs.stateId
      exports: storage.outputs.exportsId
    }
  }
}

module locks 'modules/locks.bicep' = if (deleteLocks) {
  name: 'locks'
  params: {
    stateAccountName: accountNames.state
    vaultName: vaultName
  }
  dependsOn: [
    keyVault
    storage
  ]
}

@description('Name of the app, for deploying a package to it.')
output appName string = app.outputs.name

@description('Address of the API.')
output apiUrl string = app.outputs.apiUrl

@description('Address of the vault, for `npm run secrets`.')
output vaultUri string = keyVault.outputs.uri

@description('Address of the state\'s tables, for `npm run rotate-master-key`.')
output stateUrl string = storage.outputs.stateTableEndpoint

@description('Address that webhooks come from; empty without a network of the stamp\'s own, because Azure then chooses.')
output outboundAddress string = network.?outputs.?outboundAddress ?? ''

@description('Resource id of the workbook.')
output workbookId string = alerts.outputs.workbookId
