import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readBuiltApp } from './built-app.ts';
import { readDependencies } from './dependencies.ts';
import { bytesOf, type Files } from './files.ts';
import { hostJson } from './host-json.ts';
import type { Npm } from './install-production.ts';
import { type Manifest, manifestBytes, readManifest } from './manifest.ts';
import { readOperatorFiles } from './operator-files.ts';
import type { PackageOptions } from './options.ts';
import { PackageError } from './package-error.ts';
import { checkTarget, save } from './save.ts';
import { saveUnpacked } from './unpacked-folder.ts';
import { zip } from './zip.ts';

export interface PackageRequest extends PackageOptions {
  /** The checkout. */
  readonly root: string;
  readonly npm: Npm;
  /** Ends it, with nothing left behind. */
  readonly signal: AbortSignal;
}

/** What was packed. */
export interface PackageReport {
  readonly file: string;
  readonly zipBytes: number;
  readonly sha256: string;
  readonly parts: readonly PartSize[];
  readonly notes: readonly string[];
}

export interface PartSize {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
}

/** Makes the zip and its SHA-256; when something is wrong it throws a PackageError, and there is no zip. */
export async function makePackage(request: PackageRequest): Promise<PackageReport> {
  const { root, signal, out } = request;
  const manifest = readManifest(root);
  const file = resolve(out ?? join(root, defaultFile(manifest)));
  await checkTarget(file);
  const own = readOperatorFiles(request);
  const parts = {
    app: readBuiltApp(root),
    ...(await readDependencies(request, manifest)),
    rest: new Map([...restOf(request, manifest), ...own.files]),
  };
  const files = new Map(Object.values(parts).flatMap((part) => [...part]));
  signal.throwIfAborted();
  const bytes = zip(files);
  if (out === undefined) await saveUnpacked(root, files);
  const sha256 = await save(file, bytes);
  return {
    file,
    zipBytes: bytes.byteLength,
    sha256,
    parts: Object.entries(parts).map(([name, part]) => sizeOf(name, part)),
    notes: own.notes,
  };
}

function defaultFile({ name, version }: Manifest): string {
  return `.sluice/package/${name}-${version}.zip`;
}

function restOf({ root, backend }: PackageRequest, manifest: Manifest): Files {
  const licence = join(root, 'LICENSE');
  if (!existsSync(licence)) throw new PackageError(`LICENSE is missing from ${root}.`);
  return new Map([
    ['host.json', hostJson(root, backend)],
    ['package.json', manifestBytes(manifest)],
    ['LICENSE', readFileSync(licence)],
  ]);
}

function sizeOf(name: string, files: Files): PartSize {
  return { name, files: files.size, bytes: bytesOf(files) };
}
