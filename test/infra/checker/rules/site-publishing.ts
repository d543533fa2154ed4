import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import type { PlacedResource } from '../program/resources.ts';
import { plainText, propertyOf } from '../syntax/expression.ts';
import { fieldAt, made } from './field-at.ts';

/** Finds apps that do not say of both ways of publishing whether a password opens them. */
export function* checkSitePublishing(model: Model): Generator<Finding> {
  const policies = made(model, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
  for (const site of made(model, 'Microsoft.Web/sites')) {
    const own = policies.filter((policy) => isInside(model, policy, site));
    const names = own.flatMap(({ declaration }) => fieldAt(model, declaration.body, 'name').values);
    for (const way of ['ftp', 'scm']) {
      if (names.some((name) => plainText(name) === way)) continue;
      const text = `${site.declaration.name} has no basicPublishingCredentialsPolicies ${way}.`;
      yield found(site.declaration.at, 'site-publishing', text);
    }
  }
}

function isInside(model: Model, resource: PlacedResource, site: PlacedResource): boolean {
  if (resource.outer !== undefined) return resource.outer.declaration === site.declaration;
  const parent = propertyOf(resource.declaration.body, 'parent')?.value;
  const binding = parent === undefined ? undefined : model.bindings.get(parent);
  return binding?.kind === 'resource' && binding.declaration === site.declaration;
}
