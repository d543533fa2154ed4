import type { Resource, Template } from '../syntax/declaration.ts';

/** A resource with its whole type, wherever it stands. */
export interface PlacedResource {
  readonly declaration: Resource;
  readonly template: Template;
  /** For example `Microsoft.Storage/storageAccounts/blobServices`. */
  readonly type: string;
  readonly version: string;
  /** The resource that it is declared in. */
  readonly outer?: PlacedResource;
}

/** Every resource of a template, and those declared inside others. */
export function resourcesOf(template: Template): readonly PlacedResource[] {
  return template.declarations.flatMap((declaration) =>
    declaration.kind === 'resource' ? withInner(place(declaration, template)) : [],
  );
}

function withInner(resource: PlacedResource): readonly PlacedResource[] {
  const { declaration, template } = resource;
  const innerOnes = declaration.body.resources.map((one) => place(one, template, resource));
  return [resource, ...innerOnes.flatMap(withInner)];
}

function place(declaration: Resource, template: Template, outer?: PlacedResource): PlacedResource {
  const [type = '', version] = declaration.type.split('@');
  return {
    declaration,
    template,
    type: outer === undefined ? type : `${outer.type}/${type}`,
    version: version ?? outer?.version ?? '',
    ...(outer !== undefined && { outer }),
  };
}
