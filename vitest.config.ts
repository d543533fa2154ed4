import { defineConfig } from 'vitest/config';

const project = (name: string, timeoutMs: number, globalSetup: string[] = []) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: 120_000,
    globalSetup,
    // Its files are written for bundlers: JSON is imported without saying so.
    server: { deps: { inline: [/@actions\/workflow-parser/] } },
    passWithNoTests: false,
  },
});

export default defineConfig({
  // A library whose source maps lead nowhere is not news.
  logLevel: 'error',
  test: {
    fileParallelism: false,
    projects: [
      project('unit', 20_000),
      project('infra', 60_000),
      project('conformance', 60_000),
      project('integration', 120_000),
      project('e2e', 300_000, ['test/e2e/support/global-setup.ts']),
      project('faults', 300_000),
      project('package', 300_000, ['test/package/support/global-setup.ts']),
    ],
  },
});
