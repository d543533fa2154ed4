import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const root = mkdtempSync(join(tmpdir(), 'sluice-infra-'));
const main = join(import.meta.dirname, 'main.ts');

const good = "@description('A word.')\noutput word string = 'hello'\n";

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs the check on one template; `bicep` is a script in place of the CLI, named by BICEP. */
function run(template: string, bicep?: string) {
  mkdirSync(join(root, 'infra'), { recursive: true });
  writeFileSync(join(root, 'infra/main.bicep'), template);
  const path = join(root, 'bicep');
  if (bicep !== undefined) writeFileSync(path, `#!/bin/sh\n${bicep}\n`, { mode: 0o755 });
  const env = bicep === undefined ? { PATH: root } : { PATH: '/usr/bin:/bin', BICEP: path };
  return spawnSync(process.execPath, [main, root], { env, encoding: 'utf8' });
}

test('without a Bicep CLI one line says that only the text was checked', () => {
  const { status, stdout } = run(good);
  expect(stdout).toBe(
    'infra: 1 files, 0 resources, 0 properties checked as text; 0 findings.\n' +
      'no `bicep` is on the PATH: the templates were checked as text only.\n',
  );
  expect(status).toBe(0);
});

test('a finding is printed with its place and fails the check', () => {
  const { status, stderr } = run(good.replace("'hello'", 'hello'));
  expect(stderr).toBe('infra/main.bicep:2 symbol-unknown: nothing here is called hello.\n');
  expect(status).toBe(1);
});

test('a Bicep CLI that says nothing agrees', () => {
  const { status, stdout } = run(good, 'test "$1" = --version && echo Bicep CLI version 1; true');
  expect(stdout).toContain('built and linted by Bicep CLI version 1: 2 runs, 0 failed.\n');
  expect(status).toBe(0);
});

test('a warning of the Bicep CLI fails the check', () => {
  const warning = 'main.bicep(1,2) : Warning BCP037: not allowed.';
  const { status, stderr } = run(good, `test "$1" = lint && echo '${warning}' >&2; true`);
  expect(stderr).toContain(`bicep lint --pattern failed:\n${warning}`);
  expect(status).toBe(1);
});

test('a Bicep CLI that is named and cannot be run fails the check', () => {
  const { status, stdout } = run(good, 'exit 3');
  expect(stdout).toContain('cannot be run: the templates were checked as text only.');
  expect(status).toBe(1);
});
