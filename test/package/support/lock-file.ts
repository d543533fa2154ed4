import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './checkout.ts';

export interface LockEntry {
  readonly version: string;
  readonly integrity: string;
  readonly license?: string;
  readonly dev?: boolean;
}

/** The packages of package-lock.json that are not for development only, by their folder. */
export function productionPart(): ReadonlyMap<string, LockEntry> {
  const text = readFileSync(join(checkout, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, LockEntry> };
  const all = Object.entries(packages);
  return new Map(all.filter(([path, { dev }]) => path !== '' && dev !== true));
}
