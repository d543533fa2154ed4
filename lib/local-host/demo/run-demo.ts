import { relative } from 'node:path';
import type { Demo } from './demo.ts';
import { startReceiver } from './receiver.ts';
import { reportLines } from './report.ts';
import { sampleTenants } from './sample/tenants.ts';
import { createWebhook } from './sluice-api.ts';
import { addCustomers } from './steps/add-customers.ts';
import { awaitWebhook } from './steps/await-webhook.ts';
import { checkManifest } from './steps/check-manifest.ts';
import { fetchFiles } from './steps/fetch-files.ts';
import { makeDatabase } from './steps/make-database.ts';
import { readFiles } from './steps/read-files.ts';
import { runExport } from './steps/run-export.ts';
import { startHost } from './steps/start-host.ts';
import { tryForbidden } from './steps/try-forbidden.ts';

/** The whole way of an export; returns only when everything was verified, else throws. */
export async function runDemo(demo: Demo): Promise<void> {
  const startedMs = performance.now();
  const { narrator } = demo;
  narrator.title(
    'Sluice: a customer’s own data, complete, verifiable, safely delivered',
    'From a database to verified files, on this machine alone, in about a minute.',
  );
  const databaseFile = await makeDatabase(demo);
  demo.signal.throwIfAborted();
  const host = await startHost(demo);
  const customers = await addCustomers(demo, host);
  const { owner } = customers;

  narrator.step(`${sampleTenants.northwind.name} wants to be told by webhook`);
  const receiver = await startReceiver();
  demo.cleanup.defer(() => receiver.stop());
  const webhook = await createWebhook(owner, receiver.url);
  narrator.done(`Webhook ${webhook.id} to ${receiver.url}`);

  const exportId = await runExport(demo, owner);
  const announced = await awaitWebhook(demo, receiver, webhook, exportId);
  const check = { exportId, owner, announced, databaseFile };
  const manifest = await checkManifest(demo, host, check);
  const { directory, links } = await fetchFiles(demo, owner, manifest);
  await readFiles(demo, manifest, { directory, databaseFile });
  await tryForbidden(demo, customers, exportId, links);

  const durationMs = performance.now() - startedMs;
  const shown = relative(demo.directory, directory);
  narrator.plain(reportLines({ manifest, directory: shown, durationMs }));
}
