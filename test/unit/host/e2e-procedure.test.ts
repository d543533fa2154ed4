import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import config from '../../../vitest.config.ts';
import { preparedFolder } from '../../e2e/support/facts.ts';

const root = join(import.meta.dirname, '../../..');
const isOutside = (path: string) => relative(root, path).startsWith('..');

test('neither the caches of the tests nor what the suite leaves lie below the app’s folder', () => {
  const caches = [
    config.cacheDir ?? '',
    config.test?.fsModuleCachePath ?? '',
    ...(config.test?.projects ?? []).map((project) =>
      typeof project === 'object' && 'test' in project
        ? (project.test?.fsModuleCachePath ?? '')
        : '',
    ),
  ];
  expect(caches.length).toBeGreaterThan(2);
  expect([...caches, preparedFolder].filter((path) => !isOutside(path))).toEqual([]);
});

test('with SLUICE_E2E_URL nothing is built, and the settings of the tests leave no copy of themselves', () => {
  const manifest: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const script = manifest.scripts['test:e2e'] ?? '';
  expect(script).not.toContain('npm run build');
  // The other way bundles vitest.config.ts into a file under node_modules.
  expect(script).toContain('--configLoader native');
  // A PATH without the compiler: a build would fail.
  const env = { SLUICE_E2E_URL: 'http://localhost:7071', PATH: '/nowhere' };
  const program = join(root, 'test/e2e/support/build.ts');
  const said = execFileSync(process.execPath, [program], { env, cwd: root }).toString();
  expect(said).toContain('Nothing is built');
  expect(() =>
    execFileSync(process.execPath, [program], {
      env: { PATH: '/nowhere' },
      cwd: root,
      stdio: 'pipe',
    }),
  ).toThrow();
});
