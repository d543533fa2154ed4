import { ofType, type Resource } from './resource.ts';

/** Properties that Flex Consumption has no use for; Azure ignores some and refuses others. */
const forbidden =
  /^(alwaysOn|appSettings|ftpsState|functionAppScaleLimit|linuxFxVersion|preWarmedInstanceCount|use32BitWorkerProcess|vnet\w*Enabled)$/;

/** Finds what an app says that Flex Consumption refuses, and ways to publish to it that nobody closed. */
export function siteProblems(resources: readonly Resource[]): readonly string[] {
  const policies = ofType(resources, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
  return ofType(resources, 'Microsoft.Web/sites').flatMap(({ id, name, properties }) => [
    ...Object.keys({ ...properties, ...(properties?.['siteConfig'] as object | undefined) })
      .filter((property) => forbidden.test(property))
      .map((property) => `${property} of ${name} must not be set on Flex Consumption.`),
    ...['ftp', 'scm']
      .map((way) => `${id}/basicPublishingCredentialsPolicies/${way}`)
      .filter((policy) => !policies.some((one) => one.id === policy))
      .map((policy) => `${policy} is missing: publishing by password stays open.`),
  ]);
}
