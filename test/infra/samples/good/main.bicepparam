using 'main.bicep'

var environment = 'dev'

param app = {
  environment: environment
  plan: {
    alwaysReady: 1
    memory: 512
  }
}
param location = 'westeurope'
param secret = readEnvironmentVariable('SAMPLE_SECRET', '')
