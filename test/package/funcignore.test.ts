import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { checkout } from './support/checkout.ts';
import { filesBelow } from './support/files-below.ts';

const { app } = inject('packaged');
const ignoreFile = join(checkout, '.funcignore');
const repository = mkdtempSync(join(tmpdir(), 'sluice-funcignore-'));
afterAll(() => rmSync(repository, { recursive: true, force: true }));

/** azd and VS Code read the file as git does; so git itself says what they leave out. */
function publishedByAzd(paths: readonly string[]): readonly string[] {
  execFileSync('git', ['init', '-q'], { cwd: repository });
  const args = ['-c', `core.excludesFile=${ignoreFile}`, 'check-ignore', '--no-index', '--stdin'];
  const options = { cwd: repository, input: paths.join('\n'), encoding: 'utf8' } as const;
  const ignored = new Set(execFileSync('git', args, options).split('\n'));
  return paths.filter((path) => !ignored.has(path));
}

/**
 * func has a reader of its own: each pattern is from the root, fits the beginning of a path, and its
 * star is one character or more. It never publishes local.settings.json.
 */
function publishedByFunc(paths: readonly string[]): readonly string[] {
  const lines = readFileSync(ignoreFile, 'utf8').split('\n');
  const patterns = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const matchers = patterns.map((pattern) => {
    const pieces = pattern.slice(1).replaceAll('.', '\\.').split(/(\*+)/);
    const source = pieces.map((piece) => stars[piece] ?? piece).join('');
    return new RegExp(`^${source}`);
  });
  return paths.filter((path) => !matchers.some((matcher) => matcher.test(path)));
}

const stars: Readonly<Record<string, string>> = { '*': '[^/]+', '**': '.+' };

/** Files that may lie about in a checkout beside those that are there. */
const possible = [
  ...['.env', '.env.local', '.npmrc', '.nvmrc', '.git/config', '.github/workflows/ci.yml'],
  ...['.sluice/host.sqlite', '.vscode/settings.json', '.azure/dev/.env', 'npm-debug.log'],
  ...['local.settings.json', 'local.settings.json.before-e2e', 'coverage/index.html'],
  ...['dist/functions/index.js.map', 'dist/lib/local-host/main.js'],
  ...['azure.yaml', 'tsconfig.tsbuildinfo.json', 'sluice.zip', 'sluice.zip.sha256'],
];

const packed = filesBelow(app);
// In dist are leftovers of deleted sources until somebody removes them; only the packager knows them.
const lying = filesBelow(checkout).filter((path) => !/^(node_modules|dist|\.git)(\/|$)/.test(path));
const candidates = [...new Set([...lying, ...possible, ...packed])];

for (const [tool, published] of [
  ['azd', publishedByAzd],
  ['func', publishedByFunc],
] as const) {
  test(`${tool} publishes from the checkout what is packed, and nothing else`, () => {
    expect(published(candidates).toSorted()).toEqual(packed);
  });
}
