import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, inject, test } from 'vitest';
import { checkout } from './support/checkout.ts';
import { filesBelow } from './support/files-below.ts';
import { productionPart } from './support/lock-file.ts';
import { packageFolders } from './support/package-folders.ts';

const { app } = inject('packaged');
const files = filesBelow(app).filter((path) => path.startsWith('node_modules/'));
const packed = new Set(files);
const folders = packageFolders(files);

test('S39 node_modules holds the production part of package-lock.json, and no dev dependency', () => {
  const expected = [...productionPart().keys()].toSorted();
  expect(expected.length).toBeGreaterThan(100);
  expect(folders.toSorted()).toEqual(expected);
});

test('each package brings its licence along', () => {
  const isLicence = /\/(licen[cs]e|copying|notice)[^/]*$/i;
  const inCheckout = filesBelow(join(checkout, 'node_modules'))
    .map((path) => `node_modules/${path}`)
    .filter((path) => isLicence.test(path) && !/\.[cm]?[jt]s$/.test(path))
    .filter((path) => productionPart().has(posix.dirname(path)));
  expect(inCheckout.length).toBeGreaterThan(100);
  expect(inCheckout.filter((path) => !packed.has(path))).toEqual([]);
});

/** A file that is in the checkout's node_modules and not in the package. */
const isLost = (path: string) => !packed.has(path) && existsSync(join(checkout, path));

test('no packed module asks for a file that was left out', () => {
  const modules = files.filter((path) => /\.[cm]?js$/.test(path));
  expect(modules.length).toBeGreaterThan(3_000);
  const asked = modules.flatMap((path) => {
    const text = readFileSync(join(app, path), 'utf8');
    const found = text.matchAll(/\b(?:from|import|require)\b\s*\(?\s*(["'])(\.{1,2}\/[^"']+)\1/g);
    const folder = posix.dirname(path);
    return [...found].map(([, , specifier = '']) => posix.join(folder, specifier, '.'));
  });
  expect(asked.length).toBeGreaterThan(3_000);
  const endings = ['', '.js', '.cjs', '.mjs', '.json', '.node', '/index.js', '/index.json'];
  const candidates = asked.flatMap((path) => endings.map((ending) => `${path}${ending}`));
  const isModule = (path: string) => /\.([cm]?js|json|node)$/.test(path);
  expect([...new Set(candidates.filter(isModule))].filter(isLost)).toEqual([]);
});

test('no package offers Node a file that was left out', () => {
  const offered = folders.flatMap((folder) => {
    const text = readFileSync(join(app, folder, 'package.json'), 'utf8');
    const { main, exports, imports } = JSON.parse(text);
    return targetsOf([main, exports, imports]).map((target) => posix.join(folder, target));
  });
  expect(offered.length).toBeGreaterThan(100);
  expect(offered.filter((path) => /\.([cm]?js|json|node)$/.test(path)).filter(isLost)).toEqual([]);
});

/** Every file that an entry leads to under conditions that Node may set. */
function targetsOf(entry: unknown): readonly string[] {
  if (typeof entry === 'string') return [entry];
  if (typeof entry !== 'object' || entry === null) return [];
  return Object.entries(entry)
    .filter(([condition]) => !['browser', 'react-native', 'workerd', 'types'].includes(condition))
    .flatMap(([, target]) => targetsOf(target));
}
