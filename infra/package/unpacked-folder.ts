import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Files } from './files.ts';
import { PackageError, reasonOf } from './package-error.ts';

/** Where azd finds what the zip holds; azure.yaml names it. Below the checkout. */
export const unpackedFolder = '.sluice/package/app';

/** Writes the files there, in place of what was there before; nobody sees half of them. */
export async function saveUnpacked(root: string, files: Files): Promise<void> {
  const folder = join(root, unpackedFolder);
  const unfinished = `${folder}.${process.pid}.part`;
  try {
    const folders = new Set([...files.keys()].map((path) => dirname(join(unfinished, path))));
    for (const each of folders) await mkdir(each, { recursive: true });
    for (const [path, bytes] of files) {
      await writeFile(join(unfinished, path), bytes, { mode: 0o644 });
    }
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } catch (error) {
    throw new PackageError(`${folder} cannot be written: ${reasonOf(error)}`, { cause: error });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
