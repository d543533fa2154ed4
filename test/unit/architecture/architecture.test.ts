import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Import, importsOf } from './imports.ts';

const root = join(import.meta.dirname, '../../..');
const imports = importsOf(root, ['functions', 'orchestrations', 'lib']);

/** design.md §4: the first room whose pattern fits is the file's room. */
const rooms: readonly (readonly [RegExp, string])[] = [
  [
    /^functions\/(index|work|wiring|wire-[a-z]+|register-hooks|services|adapters|readiness)\.ts$/,
    'root',
  ],
  [/^functions\/commands\//, 'root'],
  [/^functions\/(http|timers)\//, 'functions'],
  [/^orchestrations\/contract\.ts$/, 'contract'],
  [/^orchestrations\/activities\//, 'activities'],
  [/^orchestrations\//, 'orchestrators'],
  [/^lib\/adapters\/(sources\/)?[^/]+\//, 'adapters'],
  [/^lib\/([^/]+)\//, 'lib'],
];

function roomOf(path: string): string {
  const found = rooms.find(([pattern]) => pattern.test(path));
  if (found === undefined) return `unknown room of ${path}`;
  return found[1] === 'lib' ? (path.split('/')[1] ?? '') : found[1];
}

/** Which rooms a room may import; `types` only as types. */
const allowed: Readonly<Record<string, { values: readonly string[]; types?: readonly string[] }>> =
  {
    root: {
      values: [
        'root',
        'functions',
        'activities',
        'orchestrators',
        'contract',
        'api',
        'core',
        'pipeline',
        'adapters',
        'config',
      ],
    },
    functions: { values: ['functions', 'api', 'core', 'contract'], types: ['root'] },
    contract: { values: ['contract'], types: ['core'] },
    orchestrators: { values: ['orchestrators', 'contract', 'core'] },
    activities: { values: ['activities', 'core', 'pipeline', 'contract'] },
    core: { values: ['core'] },
    pipeline: { values: ['pipeline'], types: ['core'] },
    adapters: { values: ['adapters', 'core'] },
    config: { values: ['config'], types: ['core'] },
    api: { values: ['api'] },
    // To tell a mistake in a JSON file as the app does.
    'local-host': { values: ['local-host', 'config'] },
  };

function isAllowed({ file, target, typeOnly }: Import): boolean {
  const rule = allowed[roomOf(file)];
  const to = roomOf(target);
  if (rule === undefined) return false;
  return rule.values.includes(to) || (typeOnly && (rule.types ?? []).includes(to));
}

const adapterFolder = (path: string) => /^lib\/adapters\/((?:sources\/)?[^/]+)\//.exec(path)?.[1];
const own = imports.filter(({ target }) => target.endsWith('.ts'));

describe('design.md §4', () => {
  test('every import points the permitted way', () => {
    const wrong = own
      .filter((entry) => !isAllowed(entry))
      .map(({ file, target }) => `${file} → ${target}`);
    expect(wrong).toEqual([]);
  });

  test('an adapter knows its own folder and what adapters share, and no other adapter', () => {
    const wrong = own.filter(({ file, target }) => {
      const [from, to] = [adapterFolder(file), adapterFolder(target)];
      if (from === undefined || to === undefined) return false;
      return to !== from && to !== 'shared' && to !== 'sources/shared';
    });
    expect(wrong).toEqual([]);
  });

  test('the core knows no Azure, no driver and no schema library', () => {
    const foreign = /^(@azure\/|@opentelemetry\/|durable-functions|pg$|zod|csv-|fflate)/;
    const wrong = imports.filter(
      ({ file, target }) => file.startsWith('lib/core/') && foreign.test(target),
    );
    expect(wrong).toEqual([]);
  });

  test('orchestrators replay, so they know no I/O, clock or randomness', () => {
    const files = imports.filter(
      ({ file }) => roomOf(file) === 'orchestrators' || roomOf(file) === 'contract',
    );
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter(({ target }) => /^(node:|@azure\/)/.test(target))).toEqual([]);
  });

  test('only lib/api and lib/config describe shapes with zod; others know its types at most', () => {
    const wrong = imports.filter(
      ({ file, target, typeOnly }) =>
        target === 'zod' && !typeOnly && !/^lib\/(api|config)\//.test(file),
    );
    expect(wrong).toEqual([]);
  });

  test('no files import each other in a circle, not even types', () => {
    let left = own;
    // Who imports nobody that is left, or is imported by nobody, stands in no circle; each round takes some away.
    for (let before = Infinity; left.length < before; ) {
      before = left.length;
      const importing = new Set(left.map(({ file }) => file));
      const imported = new Set(left.map(({ target }) => target));
      left = left.filter(({ file, target }) => importing.has(target) && imported.has(file));
    }
    expect(left.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  test('every room has files, so that a moved folder cannot empty these rules', () => {
    const seen = new Set(imports.map(({ file }) => roomOf(file)));
    expect(Object.keys(allowed).filter((room) => !seen.has(room))).toEqual([]);
  });
});
