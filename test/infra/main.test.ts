import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBicep } from './bicep/find-bicep.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-bicep-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program in place of the CLI. */
function standIn(script: string): string {
  const path = join(folder, 'bicep');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** Runs the check of the project's templates with the CLI that BICEP names. */
function run(bicep: string) {
  const env = { PATH: '/usr/bin:/bin', BICEP: bicep };
  const main = join(import.meta.dirname, 'main.ts');
  return spawnSync(process.execPath, [main], { env, encoding: 'utf8' });
}

test('without a CLI nothing is checked, which is a failure in CI and nowhere else', () => {
  const nowhere = { PATH: folder };
  expect(findBicep(nowhere, folder)).toEqual({
    missing: expect.stringContaining('`.ci/bicep/install` fetches it'),
    failed: false,
  });
  expect(findBicep({ ...nowhere, CI: 'true' }, folder)).toMatchObject({ failed: true });
});

test('the CLI that BICEP names is taken before the one on the PATH', () => {
  standIn('echo from the PATH');
  expect(findBicep({ PATH: folder }, folder)).toMatchObject({ version: 'from the PATH' });
  expect(findBicep({ PATH: folder, BICEP: '/nowhere' }, folder)).toMatchObject({ failed: true });
});

test('a CLI that is named and cannot be run fails the check', () => {
  const { status, stdout } = run(standIn('exit 3'));
  expect(stdout).toContain('infra: nothing was checked: BICEP');
  expect(status).toBe(1);
});

test('a CLI that answers nothing fails the check', () => {
  const { status, stderr } = run(standIn('test "$1" = --version && echo Bicep CLI version 1'));
  expect(stderr).toContain('main.bicep: ');
  expect(status).toBe(1);
});
