metadata name = 'Scheduler'
metadata description = 'Durable Task Scheduler, the managed backend for orchestrations; only where it is chosen over storage.'

@description('Required. Name of the scheduler, 3 to 64 letters, digits and dashes.')
@minLength(3)
@maxLength(64)
param name string

@description('Required. Name of the task hub; it is the hubName that the app uses.')
param hubName string

@description('Required. Region of the stamp.')
param location string

@description('Required. Tags of every resource.')
param tags object

@description('Required. Consumption is paid per action, Dedicated per capacity unit.')
param skuName 'Consumption' | 'Dedicated'

resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: skuName == 'Dedicated'
      ? {
          name: 'Dedicated'
          capacity: 1
        }
      : { name: 'Consumption' }
    // An empty list would let nobody in. Who comes must be the app's identity all the same.
    ipAllowlist: ['0.0.0.0/0']
  }
}

resource hub 'Microsoft.DurableTask/schedulers/taskHubs@2025-11-01' = {
  parent: scheduler
  name: hubName
  properties: {}
}

@description('Address of the scheduler.')
output endpoint string = scheduler.properties.endpoint
