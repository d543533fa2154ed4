import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { checkout } from './support/checkout.ts';
import { filesBelow } from './support/files-below.ts';

const { app, inputs, output } = inject('packaged');
const files = filesBelow(app);
const ownFiles = files.filter((path) => !path.startsWith('node_modules/'));
const read = (path: string) => readFileSync(join(app, path), 'utf8');

test('nothing is at the top but what the app runs with', () => {
  expect(readdirSync(app).toSorted()).toEqual([
    'LICENSE',
    'catalog.json',
    'dist',
    'host.json',
    'issuers.json',
    'node_modules',
    'package.json',
    'sbom.cdx.json',
    'webhook-ca.pem',
  ]);
});

test('dist holds each source file compiled, without the local host, and nothing else', () => {
  const sources = globSync('{functions,orchestrations,lib}/**/*.ts', { cwd: checkout });
  const deployed = sources.filter((path) => !path.startsWith('lib/local-host/'));
  expect(deployed.length).toBeGreaterThan(300);
  expect(ownFiles.filter((path) => path.startsWith('dist/'))).toEqual(
    deployed.map((path) => `dist/${path.slice(0, -3)}.js`).toSorted(),
  );
});

test('package.json has what the app needs in order to run, and no more', () => {
  const whole = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as Manifest;
  const { name, version, type, main, engines, dependencies } = whole;
  expect(JSON.parse(read('package.json'))).toEqual({
    name,
    version,
    type,
    main,
    engines,
    dependencies,
  });
  expect(files).toContain(main);
});

type Manifest = Record<'name' | 'version' | 'type' | 'main' | 'engines' | 'dependencies', unknown>;

test('the operator’s files and host.json are packed byte for byte', () => {
  expect(read('catalog.json')).toBe(readFileSync(inputs.catalog, 'utf8'));
  expect(read('issuers.json')).toBe(readFileSync(inputs.issuers, 'utf8'));
  expect(read('webhook-ca.pem')).toBe(readFileSync(inputs.ca, 'utf8'));
  expect(read('host.json')).toBe(readFileSync(join(checkout, 'host.json'), 'utf8'));
});

test('a catalog that reads a SQLite file is told that the file is not in the package', () => {
  expect(output).toContain('reads the SQLite file ./data/vendor.sqlite');
});

test('there is no TypeScript, source map, hidden file or test', () => {
  const unwanted = /\.([cm]?ts|tsx|map)$|(^|\/)\.|(^|\/)(tests?|__tests__)\/|\.test\./;
  expect(files.filter((path) => unwanted.test(path))).toEqual([]);
});

test('S39 no file looks like a secret, by its name or by what is in it', () => {
  const names = /(^|\/)(\.env|\.npmrc|local\.settings|id_[a-z0-9]+$|.*\.(key|pem|p12|pfx)$)/;
  expect(files.filter((path) => names.test(path))).toEqual(['webhook-ca.pem']);
  const secret = /PRIVATE KEY-----|AccountKey=[A-Za-z0-9+/]{20}|slc_[a-z]+_\w{12}_/;
  const holding = ownFiles.filter((path) => secret.test(read(path)));
  expect(holding).toEqual([]);
});

test('everybody may read every file, and nobody may run or change one', () => {
  const modes = new Set(files.map((path) => statSync(join(app, path)).mode & 0o777));
  expect([...modes]).toEqual([0o644]);
});
