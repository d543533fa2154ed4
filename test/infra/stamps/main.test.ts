import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-evaluate-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the check on the project's templates, with this script in place of the CLI. */
function run(script: string) {
  const path = join(folder, 'bicep');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const env = { PATH: '/usr/bin:/bin', BICEP: path };
  const main = join(import.meta.dirname, 'main.ts');
  return spawnSync(process.execPath, [main], { env, encoding: 'utf8' });
}

test('a Bicep CLI that evaluates nothing fails the check', () => {
  const { status, stdout, stderr } = run('echo Bicep CLI version 1');
  expect(stdout).toMatch(/^evaluated by Bicep CLI version 1: (\d+) runs, \1 failed\.\n$/);
  expect(stderr).toContain('bicep snapshot (main.bicepparam) failed:\nBicep wrote no snapshot.');
  expect(status).toBe(1);
});

test('a stamp that has none of what it needs fails the check', () => {
  const empty = `{"predictedResources":[],"diagnostics":[]}`;
  const write = `echo '${empty}' > "$(basename "$2" .bicepparam).snapshot.json"`;
  const { status, stderr } = run(`test "$1" = --version && echo Bicep CLI version 1 || ${write}`);
  expect(stderr).toContain('bicep snapshot (main.bicepparam) failed:\nlinks has 0 roles');
  expect(stderr).toContain('bicep snapshot (closed without a network) failed:\nIt should say');
  expect(status).toBe(1);
});
