metadata name = 'Types'
metadata description = 'Shapes that main.bicep and its modules share.'

@export()
@description('How large one instance of the app is and how many there may be.')
type scalingType = {
  @description('Required. Memory of one instance in MB; 2048 has one core and reads two tables at once, 4096 has two and reads four.')
  instanceMemoryMB: 512 | 2048 | 4096

  @description('Required. Most instances that may run at once in each group (`durable`, `http`); the quota of a region is 250 cores for all Flex apps.')
  @minValue(1)
  @maxValue(1000)
  maximumInstanceCount: int

  @description('Required. Instances that are always ready for orchestrations and activities; 0 saves money and makes an export start later. With zone redundancy at least 2.')
  @minValue(0)
  @maxValue(20)
  alwaysReadyDurable: int

  @description('Required. Instances that are always ready for HTTP requests.')
  @minValue(0)
  @maxValue(20)
  alwaysReadyHttp: int
}

@export()
@description('Who can reach the files of exports and the API.')
type exposureType = {
  @description('Required. True lets links work from the internet; false from the private network only.')
  exportsPublic: bool

  @description('Optional. Addresses or CIDR ranges that may use links from the internet; absent: all.')
  exportRanges: string[]?

  @description('Required. True lets the API be called from the internet; false from the private network only.')
  apiPublic: bool
}

@export()
@description('A network of the stamp\'s own; the app then reaches its neighbours by private endpoints and the internet by one fixed address.')
type privateNetworkType = {
  @description('Required. Address space of the virtual network, for example 10.40.0.0/24.')
  addressPrefix: string

  @description('Required. Subnet of the app, /27 or larger.')
  appSubnetPrefix: string

  @description('Required. Subnet of the private endpoints.')
  endpointSubnetPrefix: string

  @description('Optional. Databases in private ranges that the app may reach; every other private address is denied.')
  databases: databaseType[]?

  @description('Optional. Addresses of your own DNS servers, for example in a hub; absent: Azure\'s. They must forward the privatelink zones to Azure.')
  dnsServers: string[]?

  @description('Optional. Resource ids of virtual networks to peer with, for example the one with the databases.')
  peerings: string[]?
}

@export()
@description('One database in a private range.')
type databaseType = {
  @description('Required. Name of the rule: letters, digits and dashes.')
  name: string

  @description('Required. Address or CIDR range.')
  addressPrefix: string

  @description('Required. Port, for example 5432.')
  port: int
}

@export()
@description('What a private endpoint leads to.')
type endpointTargetType = {
  @description('Required. Short name, part of the endpoint\'s name.')
  name: string

  @description('Required. Resource id of the target.')
  targetId: string

  @description('Required. Sub-resource: blob, queue, table, vault or sites.')
  group: string
}

@export()
@description('What a storage account logs of each service: StorageRead, StorageWrite, StorageDelete; empty: nothing.')
type loggedType = {
  @description('Required. Categories of the blob service.')
  blob: string[]

  @description('Required. Categories of the queue service.')
  queue: string[]

  @description('Required. Categories of the table service.')
  table: string[]
}

@export()
@description('How long what is written to blobs can neither be changed nor deleted, by anybody.')
type immutabilityType = {
  @description('Required. Days from the writing of each blob.')
  @minValue(1)
  @maxValue(3650)
  days: int

  @description('Required. `Unlocked` can be shortened and switched off by whoever may change the account, `Locked` by nobody, ever. `Disabled` holds nothing: for stamps that are thrown away.')
  state: 'Disabled' | 'Unlocked' | 'Locked'
}

@export()
@description('Names of the three storage accounts, each unique in the world.')
type accountNamesType = {
  @description('Required. Host and task hub.')
  host: string

  @description('Required. State.')
  state: string

  @description('Required. Exports.')
  exports: string
}

@export()
@description('What the API takes and how exports are made.')
type apiType = {
  @description('Required. Days that the files of an export are kept.')
  @minValue(1)
  @maxValue(365)
  retentionDays: int

  @description('Required. Effort of gzip: 1 is fast, 9 is small.')
  @minValue(1)
  @maxValue(9)
  gzipLevel: int

  @description('Optional. How often reading one table may be begun in one attempt before it fails; default 10.')
  @minValue(2)
  @maxValue(100)
  tableRunsMax: int?

  @description('Optional. Minutes that a table waits for a database that is full or away; default 60.')
  @minValue(1)
  @maxValue(1440)
  sourceWaitMinutes: int?

  @description('Optional. Further names of headers that may carry a key, for example systrack-api-key.')
  keyHeaders: string[]?

  @description('Optional. File in the package with the identity providers, for example issuers.json.')
  issuersFile: string?

  @description('Optional. File in the package with further root certificates of webhook receivers.')
  webhookCaFile: string?

  @description('Optional. Hosts that need no proof of consent, because you know that their owner wants every webhook that comes to them. Never a host that many share.')
  webhookTrustedHosts: string[]?
}

@export()
@description('Another stamp of the same vendor.')
type otherStampType = {
  @description('Required. Its region.')
  region: string

  @description('Required. Address of its API, https and without a path.')
  url: string
}

@export()
@description('Who is told of alerts.')
type alertReceiverType = {
  @description('Required. Name of the receiver.')
  name: string

  @description('Required. Mail address.')
  email: string
}

@export()
@description('An OpenTelemetry collector that gets metrics beside Application Insights.')
type collectorType = {
  @description('Required. Base address; metrics are sent by HTTP in protobuf.')
  endpoint: string

  @description('Optional. Name of the vault\'s secret with headers for it, as name=value,name=value.')
  headersSecret: string?
}
