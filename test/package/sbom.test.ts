import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { expect, inject, test } from 'vitest';
import { filesBelow } from './support/files-below.ts';
import { productionPart } from './support/lock-file.ts';
import { packageFolders } from './support/package-folders.ts';

interface Bom {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp?: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: string[] }[];
}

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses: readonly object[];
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

const { app } = inject('packaged');
const text = readFileSync(join(app, 'sbom.cdx.json'), 'utf8');
const bom = JSON.parse(text) as Bom;
const edges = new Map(bom.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
const pathsOf = ({ properties }: Component) => properties.map(({ value }) => value);
const nameOf = ({ group, name }: Component) => (group === undefined ? name : `${group}/${name}`);
const purlOf = (name: string, version: string) =>
  `pkg:npm/${name.replace('@', '%40')}@${version.replace('+', '%2B')}`;

test('the list of parts is valid CycloneDX 1.6 by the strict schema', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  expect(await validator.validate(text)).toBeNull();
  expect(await validator.validate(text.replace('"library"', '"librarian"'))).not.toBeNull();
});

test('S39 it names every package of node_modules in its version, and no other', () => {
  const packages = packageFolders(filesBelow(app)).map((folder) => {
    const manifest = readFileSync(join(app, folder, 'package.json'), 'utf8');
    const { name, version } = JSON.parse(manifest) as Component;
    return `${folder} ${purlOf(name, version)}`;
  });
  const named = bom.components.flatMap((component) =>
    pathsOf(component).map((path) => `${path} ${component.purl}`),
  );
  expect(named.toSorted()).toEqual(packages.toSorted());
});

test('each component has its address, the SHA-512 of package-lock.json and its licence', () => {
  const locked = productionPart();
  for (const component of bom.components) {
    expect(component.purl).toBe(purlOf(nameOf(component), component.version));
    expect(component.licenses).toHaveLength(1);
    const hashes = component.hashes.map(
      ({ alg, content }) => `${alg} sha512-${Buffer.from(content, 'hex').toString('base64')}`,
    );
    for (const path of pathsOf(component)) {
      expect(hashes).toEqual([`SHA-512 ${locked.get(path)?.integrity}`]);
    }
  }
});

test('the graph begins at the app’s own dependencies and reaches every component', () => {
  const { dependencies } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));
  const root = bom.metadata.component['bom-ref'];
  const direct = Object.entries<string>(dependencies).map(([name, version]) =>
    purlOf(name, version),
  );
  expect(edges.get(root)?.toSorted()).toEqual(direct.toSorted());

  const reached = new Set([root]);
  for (const ref of reached) for (const next of edges.get(ref) ?? []) reached.add(next);
  const all = [root, ...bom.components.map((component) => component['bom-ref'])];
  expect([...reached].toSorted()).toEqual(all.toSorted());
});

test('it has no time in it, and a serial number made of its content', () => {
  expect(bom.metadata.timestamp).toBeUndefined();
  expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-/);
});
