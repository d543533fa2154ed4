import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { readOperatorFiles } from '../../infra/package/operator-files.ts';
import { checkout, copyBuiltCheckout } from './support/checkout.ts';
import { type Outcome, run } from './support/run.ts';

const { inputs } = inject('packaged');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-mistakes-'));
  await mkdir(join(folder, 'temporary'));
  await mkdir(join(folder, 'out'));
  await writeFile(join(folder, 'out', 'sluice.zip'), 'the zip of yesterday');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Packs, and holds that it failed and left no trace; answers what it said. */
async function refused(options: readonly string[], root = checkout): Promise<string> {
  const args = [join(root, 'infra/package/main.ts'), '--out', join(folder, 'out', 'sluice.zip')];
  const env = { TMPDIR: join(folder, 'temporary') };
  const outcome: Outcome = await run(process.execPath, [...args, ...options], { env });
  expect(outcome).toMatchObject({ exitCode: 1, stdout: '' });
  expect(await readdir(join(folder, 'out'))).toEqual(['sluice.zip']);
  expect(await readFile(join(folder, 'out', 'sluice.zip'), 'utf8')).toBe('the zip of yesterday');
  const left = await readdir(join(folder, 'temporary'));
  // npm keeps its own compiled code there.
  expect(left.filter((name) => name !== 'node-compile-cache')).toEqual([]);
  return outcome.stderr;
}

async function given(name: string, content: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

describe('the operator’s files', () => {
  test('a file that is not there is named, with its option', async () => {
    const said = await refused(['--catalog', join(folder, 'none.json'), '--ca', folder]);
    expect(said).toContain(`--catalog: the file cannot be read: ${folder}/none.json (ENOENT)`);
    expect(said).toContain(`--ca: the file cannot be read: ${folder} (EISDIR)`);
  });

  test('every mistake of the catalog and of the providers is said at once', async () => {
    const table = { name: 'Orders', source: 'shop', from: 'orders', tenant: {} };
    const catalog = await given('c.json', JSON.stringify({ sources: {}, tables: [table] }));
    const entry = { issuer: 'http://login.customer.example', audience: 'a', tenantClaim: 'org' };
    const issuers = await given('i.json', JSON.stringify([entry, { ...entry, nonsense: true }]));
    const said = await refused(['--catalog', catalog, '--issuers', issuers]);
    expect(said).toContain('/tables/0/name: must be 1 to 64');
    expect(said).toContain('/1/nonsense: there is no such field');
  });

  test('a private key or something else is not taken for certificates', async () => {
    const key = await given('key.pem', '-----BEGIN PRIVATE KEY-----\nMC4=\n');
    expect(await refused(['--ca', key])).toContain('holds a private key');
    const text = await given('text.pem', 'certificates');
    expect(await refused(['--ca', text])).toContain('holds no certificate in PEM form');
    const broken = await given(
      'broken.pem',
      '-----BEGIN CERTIFICATE-----\nMC4=\n-----END CERTIFICATE-----\n',
    );
    expect(await refused(['--ca', broken])).toContain('certificate 1 cannot be read');
  });

  test('without a catalog the operator is told what to do next', () => {
    const { notes, files } = readOperatorFiles({
      catalog: undefined,
      issuers: inputs.issuers,
      ca: undefined,
    });
    expect([...files.keys()]).toEqual(['issuers.json']);
    expect(notes.join()).toContain('npm run package -- --catalog');
  });

  test('an option that does not exist is answered with those that do', async () => {
    expect(await refused(['--catalogue', inputs.catalog])).toContain('--catalog <file>');
  });

  test('a backend that does not exist is refused', async () => {
    expect(await refused(['--backend', 'mssql'])).toContain('storage or scheduler, not mssql');
  });

  test('a folder is not overwritten by a zip', async () => {
    expect(await refused(['--out', folder])).toContain('is a folder');
  });
});

describe('the checkout', () => {
  let copy: string;
  beforeEach(async () => {
    copy = join(folder, 'copy');
    await copyBuiltCheckout(copy);
  });

  test('an app that was not built is not packed', async () => {
    await rm(join(copy, 'dist'), { recursive: true });
    expect(await refused([], copy)).toMatch(/dist\/.+ is missing.+npm run build/s);
  });

  test('an app that was built before its source changed is not packed', async () => {
    const later = new Date(Date.now() + 60_000);
    await utimes(join(copy, 'functions/index.ts'), later, later);
    const said = await refused([], copy);
    expect(said).toContain('dist/functions/index.js is missing or older than functions/index.ts');
  });

  test('a lock file that disagrees with package.json is refused in npm’s own words', async () => {
    const text = await readFile(join(copy, 'package.json'), 'utf8');
    await writeFile(join(copy, 'package.json'), text.replace(/(?<="jose": ")[^"]+/, '6.0.0'));
    const said = await refused([], copy);
    expect(said).toMatch(/in sync.+jose@.+Next:\n {2}npm install/s);
  });
});
