import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { programFolders } from '../setup/environment.ts';

/** The path of a program that a shell would find under this name, or undefined. */
export async function findProgram(name: string): Promise<string | undefined> {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const folder of programFolders()) {
    for (const suffix of suffixes) {
      const path = join(folder, name + suffix);
      if (await isRunnable(path)) return path;
    }
  }
  return undefined;
}

async function isRunnable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
