import { defineConfig } from 'vitest/config';

/**
 * One group runs after the other; two of a group's files run side by side, for most of them wait most of the
 * time. So each file has a storage, a host or at least tenants of its own.
 */
const project = (name: string, groupOrder: number, timeoutMs: number, globalSetup?: string) => ({
  test: {
    name,
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

export default defineConfig({
  // A library whose source maps lead nowhere is not news.
  logLevel: 'error',
  test: {
    projects: [
      project('unit', 1, 20_000),
      project('infra', 1, 60_000),
      project('conformance', 2, 60_000),
      project('integration', 3, 120_000),
      project('e2e', 4, 300_000, 'test/e2e/support/global-setup.ts'),
      project('faults', 5, 300_000),
      project('package', 6, 300_000, 'test/package/support/global-setup.ts'),
    ],
  },
});
