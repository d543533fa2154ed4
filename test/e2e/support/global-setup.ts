import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startBackends } from './backends.ts';
import { type E2eFacts, readFacts } from './facts.ts';
import { startHost } from './host.ts';

declare module 'vitest' {
  interface ProvidedContext {
    e2e: E2eFacts;
  }
}

/**
 * Gives the suite a host: the one at SLUICE_E2E_URL, prepared by `npm run e2e:prepare`, or else the
 * local host with storage and database of its own.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env['SLUICE_E2E_URL'];
  if (url !== undefined && url !== '') {
    project.provide('e2e', { ...(await readFacts()), url });
    return async () => {};
  }
  const folder = await mkdtemp(join(tmpdir(), 'sluice-e2e-'));
  await using started = new AsyncDisposableStack();
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const backends = started.use(await startBackends(folder));
  const host = started.use(await startHost({ settings: backends.settings, folder }));
  const { operatorKey, databaseAdminUrl } = backends;
  project.provide('e2e', { url: host.url, operatorKey, databaseAdminUrl });
  const running = started.move();
  return () => running.disposeAsync();
}
