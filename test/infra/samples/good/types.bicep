metadata name = 'Types of the sample'

@export()
@description('What the app is told.')
type appType = {
  @description('Required. Names the stamp.')
  environment: string

  @description('Optional. File with the identity providers.')
  issuersFile: string?
  plan: planType?
  ranges: rangeType[]?
}

@export()
@description('How many instances are always ready.')
type planType = {
  @minValue(0)
  alwaysReady: int
  memory: 512 | 2048
}

@export()
@description('Addresses that may come in.')
type rangeType = {
  name: string
  value: string
}

@description('Sent by mail.')
type mailType = {
  kind: 'mail'
  address: string
}

@description('Sent to a web address.')
type hookType = {
  kind: 'hook'
  url: string
}

@export()
@description('How somebody is told.')
@discriminator('kind')
type receiverType = mailType | hookType

@export()
@description('One letter of every word.')
func initials(words string[]) string => join(map(words, word => take(word, 1)), '')

@export()
@description('Built-in roles by name.')
var roleIds = {
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6'
}
