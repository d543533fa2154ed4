import { startPostgres } from './postgres.ts';

/**
 * For `globalSetup` of a vitest project: one server for all its files. They find it through
 * `SLUICE_TEST_POSTGRES_URL`, so `startPostgres` in a test file lends this one instead of starting another.
 */
export async function setup(): Promise<() => Promise<void>> {
  const before = process.env['SLUICE_TEST_POSTGRES_URL'];
  const server = await startPostgres();
  process.env['SLUICE_TEST_POSTGRES_URL'] = server.adminUrl;
  return async () => {
    if (before === undefined) delete process.env['SLUICE_TEST_POSTGRES_URL'];
    await server.stop();
  };
}
