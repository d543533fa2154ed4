/** One resource as Bicep predicts it from a parameter file; what only Azure knows is still an expression. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly location?: string;
  readonly identity?: unknown;
  readonly sku?: { readonly name?: string };
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Those of this type, without regard to case. */
export function ofType(resources: readonly Resource[], type: string): readonly Resource[] {
  return resources.filter((resource) => resource.type.toLowerCase() === type.toLowerCase());
}

/** What stands at a path of property names, for example `properties.siteConfig.minTlsVersion`. */
export function valueAt(resource: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], resource);
}
