import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/**
 * One group runs after the other; two of a group's files run side by side, for most of them wait most of the
 * time. So each file has a storage, a host or at least tenants of its own.
 */
const project = (name: string, groupOrder: number, timeoutMs: number, globalSetup?: string) => ({
  test: {
    name,
    fsModuleCachePath: join(caches, 'modules'),
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: 120_000,
    globalSetup: globalSetup ?? [],
    maxWorkers: 2,
    sequence: { groupOrder },
    // Its files are written for bundlers: JSON is imported without saying so.
    server: { deps: { inline: [/@actions\/workflow-parser/] } },
    passWithNoTests: false,
  },
});

const caches = join(tmpdir(), 'sluice-vitest');

export default defineConfig({
  // Outside the app's folder: a host that watches it takes every write there for a new version.
  cacheDir: caches,
  // A library whose source maps lead nowhere is not news.
  logLevel: 'error',
  test: {
    fsModuleCachePath: join(caches, 'modules'),
    projects: [
      project('unit', 1, 60_000),
      project('infra', 1, 60_000),
      project('conformance', 2, 60_000),
      project('integration', 3, 120_000),
      project('e2e', 4, 300_000, 'test/e2e/support/global-setup.ts'),
      project('faults', 5, 300_000),
      project('package', 6, 300_000, 'test/package/support/global-setup.ts'),
    ],
  },
});
