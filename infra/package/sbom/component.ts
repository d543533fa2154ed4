import { Contrib, Enums, Models } from '@cyclonedx/cyclonedx-library';
import type { LockedPackage } from './lock.ts';

const licences = new Contrib.License.Factories.LicenseFactory((text) => {
  if (!/ (AND|OR|WITH) /.test(text)) throw new RangeError('not an expression');
});

/** The address of a package that everybody knows it by, as `pkg:npm/%40azure/identity@4.14.1`. */
export function purlOf({ name, version }: Pick<LockedPackage, 'name' | 'version'>): string {
  const path = name.split('/').map(encodeURIComponent).join('/');
  return `pkg:npm/${path}@${encodeURIComponent(version)}`;
}

/** One package of the list; `copies` are its folders, in each of which the same archive lies. */
export function componentOf(locked: LockedPackage, copies: readonly string[]): Models.Component {
  const [, group, name = locked.name] = /^(@[^/]+)\/(.+)$/.exec(locked.name) ?? [];
  const purl = purlOf(locked);
  return new Models.Component(Enums.ComponentType.Library, name, {
    ...(group === undefined ? {} : { group }),
    bomRef: purl,
    purl,
    version: locked.version,
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-512'], locked.sha512]]),
    licenses: new Models.LicenseRepository(
      locked.licence === undefined ? [] : [licences.makeFromString(locked.licence)],
    ),
    properties: new Models.PropertyRepository(
      copies.map((path) => new Models.Property('cdx:npm:package:path', path)),
    ),
  });
}
