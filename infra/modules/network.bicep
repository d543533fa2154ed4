metadata name = 'Network'
metadata description = 'A virtual network of the stamp\'s own: the app in one subnet, private endpoints in another, one fixed address to the internet.'

import { privateNetworkType } from '../types.bicep'

@description('Required. Name that every resource begins with.')
param namePrefix string

@description('Required. Region of the stamp.')
param location string

@description('Required. Tags of every resource.')
param tags object

@description('Required. Ranges, and what the app may reach in private ranges.')
param network privateNetworkType

var databases = network.?databases ?? []

var dnsServers = network.?dnsServers ?? []

// Flex Consumption wants this delegation, and a name without underscores.
var appSubnetName = 'app'
var endpointSubnetName = 'endpoints'

var toEndpoints = {
  name: 'allow-private-endpoints'
  properties: {
    description: 'Storage and vault, by their private endpoints.'
    direction: 'Outbound'
    access: 'Allow'
    priority: 100
    protocol: 'Tcp'
    sourceAddressPrefix: network.appSubnetPrefix
    sourcePortRange: '*'
    destinationAddressPrefix: network.endpointSubnetPrefix
    destinationPortRange: '443'
  }
}

var withinApp = {
  name: 'allow-own-subnet'
  properties: {
    description: 'Instances of the app among themselves, as the platform needs it.'
    direction: 'Outbound'
    access: 'Allow'
    priority: 110
    protocol: '*'
    sourceAddressPrefix: network.appSubnetPrefix
    sourcePortRange: '*'
    destinationAddressPrefix: network.appSubnetPrefix
    destinationPortRange: '*'
  }
}

// Azure's own DNS is no private address; a hub's is.
var toDnsServers = empty(dnsServers)
  ? []
  : [
      {
        name: 'allow-dns-servers'
        properties: {
          description: 'Your own DNS servers.'
          direction: 'Outbound'
          access: 'Allow'
          priority: 120
          protocol: '*'
          sourceAddressPrefix: network.appSubnetPrefix
          sourcePortRange: '*'
          destinationAddressPrefixes: dnsServers
          destinationPortRange: '53'
        }
      }
    ]

var toDatabases = [
  for (database, index) in databases: {
    name: 'allow-database-${database.name}'
    properties: {
      description: 'A source in a private range.'
      direction: 'Outbound'
      access: 'Allow'
      priority: 200 + index
      protocol: 'Tcp'
      sourceAddressPrefix: network.appSubnetPrefix
      sourcePortRange: '*'
      destinationAddressPrefix: database.addressPrefix
      destinationPortRange: string(database.port)
    }
  }
]

// The second barrier behind the check of every webhook address: even an address that passed it by a
// lie of DNS leads nowhere inside. Carrier-grade ranges are left to that check, because the platform
// uses some of them itself.
var denied = [
  {
    name: 'deny-metadata'
    properties: {
      description: 'The metadata service hands out tokens; the app gets its own from the platform\'s local endpoint.'
      direction: 'Outbound'
      access: 'Deny'
      priority: 1000
      protocol: '*'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefix: 'AzurePlatformIMDS'
      destinationPortRange: '*'
    }
  }
  {
    name: 'deny-private-ranges'
    properties: {
      description: 'Link-local and private ranges that no rule above names.'
      direction: 'Outbound'
      access: 'Deny'
      priority: 1010
      protocol: '*'
      sourceAddressPrefix: '*'
      sourcePortRange: '*'
      destinationAddressPrefixes: [
        '10.0.0.0/8'
        '169.254.0.0/16'
        '172.16.0.0/12'
        '192.168.0.0/16'
      ]
      destinationPortRange: '*'
    }
  }
]

resource appSecurityGroup 'Microsoft.Network/networkSecurityGroups@2025-07-01' = {
  name: '${namePrefix}-app-nsg'
  location: location
  tags: tags
  properties: { securityRules: concat([toEndpoints, withinApp], toDnsServers, toDatabases, denied) }
}

resource endpointSecurityGroup 'Microsoft.Network/networkSecurityGroups@2025-07-01' = {
  name: '${namePrefix}-endpoints-nsg'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'allow-app'
        properties: {
          description: 'Only the app, and only by TLS.'
          direction: 'Inbound'
          access: 'Allow'
          priority: 100
          protocol: 'Tcp'
          sourceAddressPrefix: network.appSubnetPrefix
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'allow-peers'
        properties: {
          description: 'Networks that are peered: whoever uses links or the API from inside.'
          direction: 'Inbound'
          access: 'Allow'
          priority: 110
          protocol: 'Tcp'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'deny-rest'
        properties: {
          description: 'Nothing else has business here.'
          direction: 'Inbound'
          access: 'Deny'
          priority: 4000
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

// Webhooks leave from this address, so customers can let exactly it through.
resource outboundAddress 'Microsoft.Network/publicIPAddresses@2025-07-01' = {
  name: '${namePrefix}-outbound'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
    tier: 'Regional'
  }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
  }
}

resource natGateway 'Microsoft.Network/natGateways@2025-07-01' = {
  name: '${namePrefix}-nat'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: {
    idleTimeoutInMinutes: 4
    publicIpAddresses: [{ id: outboundAddress.id }]
  }
}

resource virtualNetwork 'Microsoft.Network/virtualNetworks@2025-07-01' = {
  name: '${namePrefix}-network'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [network.addressPrefix] }
    dhcpOptions: { dnsServers: dnsServers }
    subnets: [
      {
        name: appSubnetName
        properties: {
          addressPrefix: network.appSubnetPrefix
          defaultOutboundAccess: false
          natGateway: { id: natGateway.id }
          networkSecurityGroup: { id: appSecurityGroup.id }
          delegations: [
            {
              name: 'flex-consumption'
              properties: { serviceName: 'Microsoft.App/environments' }
            }
          ]
        }
      }
      {
        name: endpointSubnetName
        properties: {
          addressPrefix: network.endpointSubnetPrefix
          defaultOutboundAccess: false
          networkSecurityGroup: { id: endpointSecurityGroup.id }
          // Without this the rules of the security group do not hold for private endpoints.
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
    virtualNetworkPeerings: [
      for (peer, index) in network.?peerings ?? []: {
        name: 'peer-${index}'
        properties: {
          remoteVirtualNetwork: { id: peer }
          allowVirtualNetworkAccess: true
          allowForwardedTraffic: false
          allowGatewayTransit: false
          useRemoteGateways: false
        }
      }
    ]
  }
}

@description('Resource id of the virtual network.')
output virtualNetworkId string = virtualNetwork.id

@description('Resource id of the subnet of the app.')
output appSubnetId string = '${virtualNetwork.id}/subnets/${appSubnetName}'

@description('Resource id of the subnet of the private endpoints.')
output endpointSubnetId string = '${virtualNetwork.id}/subnets/${endpointSubnetName}'

@description('The address that webhooks and reads of public databases come from.')
output outboundAddress string = outboundAddress.properties.ipAddress
