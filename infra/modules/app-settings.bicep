metadata name = 'Settings of the app'
metadata description = 'Every setting that the app and its host read, in one place; lib/config/settings.ts says what each of Sluice\'s own means.'

import { apiType, collectorType, otherStampType } from '../types.bicep'

@description('Required. Name of the app.')
param appName string

@description('Required. Names the stamp inside API keys: 2 to 8 lower-case letters.')
param environmentName string

@description('Required. Region of the stamp.')
param region string

@description('Required. Memory of one instance in MB; it decides how many tables are read at once.')
param instanceMemoryMB 512 | 2048 | 4096

@description('Required. What the API takes and allows.')
param api apiType

@description('Required. The vendor\'s other stamps by their environment name; a key of one of them is shown the way there.')
param otherStamps { *: otherStampType }

@description('Required. Client id of the identity that does the work.')
param appClientId string

@description('Required. Client id of the identity that signs links.')
param linksClientId string

@description('Required. Address of the host\'s blobs.')
param hostBlobEndpoint string

@description('Required. Address of the host\'s queues.')
param hostQueueEndpoint string

@description('Required. Address of the host\'s tables.')
param hostTableEndpoint string

@description('Required. Address of the state\'s tables.')
param stateTableEndpoint string

@description('Required. Address of the exports\' blobs.')
param exportsBlobEndpoint string

@description('Required. Address of the vault.')
param vaultUri string

@description('Required. Connection string of Application Insights; it opens nothing, because local auth is off.')
param insightsConnectionString string

@description('Optional. An OpenTelemetry collector that gets metrics beside Application Insights.')
param collector collectorType?

@description('Required. Address of the Durable Task Scheduler; empty: the hub is in storage.')
param schedulerEndpoint string

@description('Required. Name of the task hub at the scheduler; empty: the hub is in storage.')
param schedulerHubName string

// A table that is read fills half a core. What does not fit waits in the queue, by which the scaler brings
// the next instance, instead of crowding this one.
var activitiesAtOnce = {
  '512': '1'
  '2048': '2'
  '4096': '4'
}

// Host storage by identity: no key and no connection string anywhere.
var host = {
  AzureWebJobsStorage__blobServiceUri: hostBlobEndpoint
  AzureWebJobsStorage__queueServiceUri: hostQueueEndpoint
  AzureWebJobsStorage__tableServiceUri: hostTableEndpoint
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: appClientId
  // Over the value of host.json, which is for a developer's machine.
  AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions: activitiesAtOnce[string(instanceMemoryMB)]
}

var headersSecret = collector.?headersSecret ?? ''

// The collector is named only where there is one: the host would take an empty address for one. Its
// headers can hold a credential, so the setting refers to the vault.
var telemetry = union(
  {
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${appClientId};Authorization=AAD'
  },
  collector == null ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: collector!.endpoint },
  empty(headersSecret)
    ? {}
    : { OTEL_EXPORTER_OTLP_HEADERS: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${headersSecret})' }
)

// Only a package made with `--backend scheduler` reads these.
var scheduler = empty(schedulerHubName)
  ? {}
  : {
      DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${schedulerEndpoint};Authentication=ManagedIdentity;ClientID=${appClientId}'
      TASKHUB_NAME: schedulerHubName
    }

// An empty value is the same as none.
var sluice = {
  SLUICE_ENVIRONMENT: environmentName
  SLUICE_REGION: region
  SLUICE_OTHER_STAMPS: empty(otherStamps) ? '' : string(otherStamps)
  SLUICE_CATALOG: 'catalog.json'
  SLUICE_STATE_STORAGE: stateTableEndpoint
  SLUICE_EXPORT_STORAGE: exportsBlobEndpoint
  SLUICE_APP_CLIENT_ID: appClientId
  SLUICE_LINKS_CLIENT_ID: linksClientId
  SLUICE_KEY_VAULT_URL: vaultUri
  SLUICE_RETENTION_DAYS: string(api.retentionDays)
  SLUICE_PART_ROWS: '1000000'
  SLUICE_GZIP_LEVEL: string(api.gzipLevel)
  SLUICE_TABLE_RUNS_MAX: string(api.?tableRunsMax ?? 10)
  SLUICE_SOURCE_WAIT_MINUTES: string(api.?sourceWaitMinutes ?? 60)
  SLUICE_API_KEY_HEADERS: join(api.?keyHeaders ?? [], ',')
  SLUICE_WEBHOOK_ALLOW_LOOPBACK: 'false'
  SLUICE_WEBHOOK_CA_FILE: api.?webhookCaFile ?? ''
  SLUICE_WEBHOOK_TRUSTED_HOSTS: join(api.?webhookTrustedHosts ?? [], ',')
  SLUICE_ISSUERS: api.?issuersFile ?? ''
  SLUICE_ISSUER_ALLOW_LOOPBACK: 'false'
}

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

// None is a secret: secrets are in the vault.
resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(host, telemetry, scheduler, sluice)
}
