import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { PackageError, reasonOf } from './package-error.ts';

/**
 * Writes the zip and, beside it, `<zip>.sha256` as sha256sum reads it; answers the SHA-256 in hex.
 * Both appear under their names only when they are whole.
 */
export async function save(file: string, bytes: Uint8Array): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const contents = [
    { path: file, content: bytes },
    { path: `${file}.sha256`, content: `${sha256}  ${basename(file)}\n` },
  ];
  try {
    await mkdir(dirname(file), { recursive: true });
    for (const { path, content } of contents) await writeFile(unfinished(path), content);
    for (const { path } of contents) await rename(unfinished(path), path);
  } catch (error) {
    throw new PackageError(`${file} cannot be written: ${reasonOf(error)}`, { cause: error });
  } finally {
    for (const { path } of contents) await rm(unfinished(path), { force: true });
  }
  return sha256;
}

/** Refuses early what a rename would refuse after all the work. */
export async function checkTarget(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw new PackageError(`--out: ${file} is a folder; name a file in it`);
}

function unfinished(path: string): string {
  return `${path}.${process.pid}.part`;
}
