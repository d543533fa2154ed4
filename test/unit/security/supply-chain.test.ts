import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const readJson = <T>(name: string) => JSON.parse(readFileSync(join(root, name), 'utf8')) as T;

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

const manifest = readJson<Manifest>('package.json');
const lock = readJson<{ packages: Readonly<Record<string, Locked>> }>('package-lock.json');
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

describe('S39 what is installed', () => {
  test('is named by exact versions only', () => {
    const wished = { ...manifest.dependencies, ...manifest.devDependencies };
    const loose = Object.entries(wished).filter(
      ([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range),
    );
    expect(loose).toEqual([]);
  });

  test('is held against a SHA-512, and comes from no address of its own', () => {
    // What is optional is for machines other than the one that wrote the lock file.
    const unproven = locked.filter(
      ([, { integrity = '', optional }]) => optional !== true && !integrity.startsWith('sha512-'),
    );
    expect(unproven.map(([path]) => path)).toEqual([]);
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(locked.length).toBeGreaterThan(100);
  });

  test('runs a script only where package.json says so by name', () => {
    const decided = new Set(Object.keys(manifest.allowScripts));
    const running = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const undecided = running
      // What is optional is for other machines: there it is not installed, or it is named too.
      .filter(([, { optional }]) => optional !== true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''))
      .filter((name) => !decided.has(name));
    expect(undecided).toEqual([]);
  });
});

describe('S9 randomness', () => {
  test('of Math.random spreads waiting times and nothing else', () => {
    const users = ['functions', 'orchestrations', 'lib'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => `${folder}/${name}`)
        .filter((name) => readFileSync(join(root, name), 'utf8').includes('Math.random')),
    );
    // The composition root hands it to what waits: deliveries and the audit log's writers.
    expect(users).toEqual(['functions/wiring.ts']);
  });
});
