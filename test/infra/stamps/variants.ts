/** What a stamp can be beside the parameter files: the same template with other choices. */
export const variants: Readonly<Record<string, string>> = {
  'smallest stamp': `param environmentName = 'dev'`,
  'scheduler as backend, large instances, rolling updates, locked heads': `param environmentName = 'dev'
param siteUpdateStrategy = 'RollingUpdate'
param scaling = {
  instanceMemoryMB: 4096
  maximumInstanceCount: 10
  alwaysReadyDurable: 1
  alwaysReadyHttp: 0
}
param auditHeads = {
  days: 400
  state: 'Locked'
}
param durableBackend = 'scheduler'
param schedulerSku = 'Dedicated'`,
  'own key without a network': `param environmentName = 'dev'
param customerManagedKey = true`,
  'closed to the internet': `param environmentName = 'dev'
param exposure = {
  exportsPublic: false
  apiPublic: false
}
param privateNetwork = {
  addressPrefix: '10.40.0.0/24'
  appSubnetPrefix: '10.40.0.0/26'
  endpointSubnetPrefix: '10.40.0.64/27'
  dnsServers: ['10.0.0.4', '10.0.0.5']
  peerings: ['/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/db/providers/Microsoft.Network/virtualNetworks/db']
}`,
  'links from some addresses': `param environmentName = 'dev'
param exposure = {
  exportsPublic: true
  apiPublic: true
  exportRanges: ['203.0.113.0/24']
}
param collector = {
  endpoint: 'https://collector.example.com'
  headersSecret: 'otlp-headers'
}`,
};

/** Choices that contradict each other, and what the template says to them. */
export const contradictions: Readonly<
  Record<string, { readonly text: string; readonly says: string }>
> = {
  'closed without a network': {
    text: `param environmentName = 'dev'
param exposure = {
  exportsPublic: false
  apiPublic: true
}`,
    says: '`privateNetwork` must be given',
  },
  'a name that the app refuses': {
    text: `param environmentName = 'my-dev'`,
    says: '`environmentName` must be 2 to 8 lower-case letters',
  },
  'another stamp without an address': {
    text: `param environmentName = 'dev'
param otherStamps = { other: { region: 'x', url: '' } }`,
    says: 'must begin with https://',
  },
  'an alert for nobody': {
    text: `param environmentName = 'dev'
param alertReceivers = [{ name: 'on-call', email: '' }]`,
    says: 'must be a mail address',
  },
  'one instance in several zones': {
    text: `param environmentName = 'dev'
param zoneRedundant = true`,
    says: 'are 0 or at least 2',
  },
};
