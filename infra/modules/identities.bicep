metadata name = 'Identities'
metadata description = 'The two identities of the app: one does the work, one signs links and can do nothing else.'

@description('Required. Name that both begin with.')
param namePrefix string

@description('Required. Region of the stamp.')
param location string

@description('Required. Tags of every resource.')
param tags object

// Writes exports, state and hub, and reads secrets.
resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${namePrefix}-app'
  location: location
  tags: tags
}

// Signs links. A link has the rights of its signer at most, so even a wrongly made one cannot write.
resource links 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${namePrefix}-links'
  location: location
  tags: tags
}

@description('Resource id of the identity that does the work.')
output appResourceId string = app.id

@description('Client id of the identity that does the work.')
output appClientId string = app.properties.clientId

@description('Resource id of the identity that signs links.')
output linksResourceId string = links.id

@description('Client id of the identity that signs links.')
output linksClientId string = links.properties.clientId
