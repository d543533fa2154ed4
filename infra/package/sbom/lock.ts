import { z } from 'zod';
import { PackageError } from '../package-error.ts';
import { readJson } from '../read-json.ts';

/** One package that the app runs with. */
export interface LockedPackage {
  /** Its folder, e.g. `node_modules/axios/node_modules/debug`; unique. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** Of the archive it came in, in hex. */
  readonly sha512: string;
  /** SPDX, as its author wrote it. */
  readonly licence: string | undefined;
  /** Not installed on every platform. */
  readonly isOptional: boolean;
  /** Names of packages that it asks for. */
  readonly requires: readonly string[];
  /** The same, but it does without them. */
  readonly mayUse: readonly string[];
}

const names = z.record(z.string(), z.unknown()).default({});

const entrySchema = z.object({
  name: z.string().optional(),
  version: z.string(),
  integrity: z.string().default(''),
  license: z.string().optional(),
  dev: z.boolean().default(false),
  optional: z.boolean().default(false),
  devOptional: z.boolean().default(false),
  dependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
});

const lockSchema = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(z.string(), entrySchema),
});

/** The production part of package-lock.json, in its order. */
export function readLock(root: string): readonly LockedPackage[] {
  const { packages } = readJson(root, 'package-lock.json', lockSchema);
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, entry]) => toPackage(path, entry));
}

function toPackage(path: string, entry: z.infer<typeof entrySchema>): LockedPackage {
  const { optionalDependencies, dependencies, peerDependencies } = entry;
  return {
    path,
    name: entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version: entry.version,
    sha512: sha512Of(path, entry.integrity),
    licence: entry.license,
    isOptional: entry.optional || entry.devOptional,
    requires: Object.keys(dependencies).filter((name) => !(name in optionalDependencies)),
    mayUse: [...Object.keys(optionalDependencies), ...Object.keys(peerDependencies)],
  };
}

function sha512Of(path: string, integrity: string): string {
  const base64 = /(?:^|\s)sha512-([A-Za-z0-9+/=]+)/.exec(integrity)?.[1];
  if (base64 !== undefined) return Buffer.from(base64, 'base64').toString('hex');
  throw new PackageError(`package-lock.json has no SHA-512 for ${path}; take it from a registry.`);
}
