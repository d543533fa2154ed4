import { createHash } from 'node:crypto';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import type { Manifest } from '../manifest.ts';
import { componentOf, purlOf } from './component.ts';
import type { LockedPackage } from './lock.ts';
import { dependenciesOf, type PackagesByPath } from './resolve.ts';

/**
 * The list of parts, as CycloneDX 1.6 JSON: each package once, with its folders, and what depends on
 * what. The same packages give the same bytes, since there is no time in it and the serial number
 * is made of the content.
 */
export function writeBom(app: Manifest, locked: readonly LockedPackage[]): Uint8Array {
  const bom = createBom(app, locked);
  bom.serialNumber = serialNumberOf(serialize(bom));
  return Buffer.from(`${serialize(bom)}\n`);
}

function createBom(app: Manifest, locked: readonly LockedPackage[]): Models.Bom {
  const packages = new Map(locked.map((entry) => [entry.path, entry]));
  const copies = Map.groupBy(locked, purlOf);
  const components = new Map(
    [...copies].flatMap(([purl, [first, ...others]]) => {
      if (first === undefined) return [];
      const paths = [first, ...others].map(({ path }) => path);
      return [[purl, componentOf(first, paths)] as const];
    }),
  );
  const root = rootOf(app);
  const asked = { path: '', requires: Object.keys(app.dependencies), mayUse: [] };
  connect(root, asked, { components, packages });
  for (const entry of locked) {
    connect(components.get(purlOf(entry)), entry, { components, packages });
  }
  return new Models.Bom({
    components: new Models.ComponentRepository(components.values()),
    metadata: new Models.Metadata({
      component: root,
      lifecycles: new Models.LifecycleRepository([Enums.LifecyclePhase.Build]),
    }),
  });
}

/** Ours is in no registry, so it must not have an npm address that may be somebody else's. */
function rootOf({ name, version }: Manifest): Models.Component {
  const purl = `pkg:generic/${name}@${version}`;
  return new Models.Component(Enums.ComponentType.Application, name, {
    bomRef: purl,
    purl,
    version,
  });
}

function connect(
  component: Models.Component | undefined,
  asking: Pick<LockedPackage, 'path' | 'requires' | 'mayUse'>,
  known: {
    readonly components: ReadonlyMap<string, Models.Component>;
    readonly packages: PackagesByPath;
  },
): void {
  for (const needed of dependenciesOf(asking, known.packages)) {
    const target = known.components.get(purlOf(needed));
    if (target !== undefined) component?.dependencies.add(target.bomRef);
  }
}

function serialize(bom: Models.Bom): string {
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 });
}

/** A UUID of version 8 (RFC 9562, section 5.8): made of a hash, and marked as such. */
function serialNumberOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  return `urn:uuid:${groups.join('-')}-${hex.slice(20, 32)}`;
}
