import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** The project's folder. */
export const checkout = join(import.meta.dirname, '../../..');

const copied = [
  ...['functions', 'orchestrations', 'lib', 'infra/package'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'host.json', 'LICENSE'],
];

/** Copies what building and packing need; the installed packages are linked. */
export async function copyCheckout(to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of copied) {
    await cp(join(checkout, name), join(to, name), { recursive: true, preserveTimestamps: true });
  }
  await symlink(join(checkout, 'node_modules'), join(to, 'node_modules'));
}

/** The same with what is built. */
export async function copyBuiltCheckout(to: string): Promise<void> {
  await copyCheckout(to);
  const options = { recursive: true, preserveTimestamps: true };
  await cp(join(checkout, 'dist'), join(to, 'dist'), options);
}
