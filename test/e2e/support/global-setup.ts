import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startBackends } from './backends.ts';
import { type E2eFacts, readFacts } from './facts.ts';
import { startHost } from './host.ts';
import { appLines, missingFields, secretsIn, secretsOf } from './log-check.ts';

declare module 'vitest' {
  interface ProvidedContext {
    e2e: E2eFacts;
  }
}

const leftOut =
  'Left out here, because they need the local host’s fault switches: the cases of test/faults ' +
  '(kill −9, every activity twice, lost results, a crash at each step, a stopped storage). ' +
  'Run them with npm run test:faults.';

/**
 * Gives the suite a host: the one at SLUICE_E2E_URL, prepared by `npm run e2e:prepare`, or else the
 * local host with storage and database of its own.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env['SLUICE_E2E_URL'];
  if (url !== undefined && url !== '') {
    project.provide('e2e', { ...(await readFacts()), url });
    process.stdout.write(`${leftOut}\n`);
    return async () => {};
  }
  const folder = await mkdtemp(join(tmpdir(), 'sluice-e2e-'));
  await using started = new AsyncDisposableStack();
  started.defer(() => rm(folder, { recursive: true, force: true }));
  // Set before the host is started, so that it runs when the host has ended.
  const settings: Record<string, string> = {};
  started.defer(() => checkLog(join(folder, 'host.log'), secretsOf(settings)));
  const backends = started.use(await startBackends(folder));
  Object.assign(settings, backends.settings);
  const host = started.use(await startHost({ settings: backends.settings, folder }));
  const { operatorKey, databaseAdminUrl } = backends;
  const log = { logFile: join(folder, 'host.log'), secrets: secretsOf(settings) };
  project.provide('e2e', { url: host.url, operatorKey, databaseAdminUrl, ...log });
  const running = started.move();
  return () => running.disposeAsync();
}

/**
 * Throws when anything that the host logged during the whole suite holds a secret or row data (S25), or
 * lacks a field that queries ask for.
 */
async function checkLog(logFile: string, secrets: readonly string[]): Promise<void> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const found = secretsIn(log, secrets);
  if (found.length > 0) {
    throw new Error(`S25: the log of the suite holds ${found.length} secrets: ${found.join(', ')}`);
  }
  const missing = missingFields(appLines(log));
  if (missing.length > 0) throw new Error(`Lines of the log lack: ${missing.join(', ')}`);
}
