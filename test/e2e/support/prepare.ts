import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackends } from './backends.ts';
import { factsFile, preparedFolder } from './facts.ts';

/**
 * `npm run e2e:prepare`: writes local settings, catalog and database for a host that is started by
 * hand (`func start`), and keeps storage and database running until Ctrl-C.
 */
const settingsFile = join(import.meta.dirname, '../../../local.settings.json');
const backends = await startBackends(preparedFolder);
const { operatorKey, databaseAdminUrl, settings } = backends;
await mkdir(preparedFolder, { recursive: true });
await keepOldSettings();
await writeFile(
  settingsFile,
  JSON.stringify({ IsEncrypted: false, Values: valuesOf(settings) }, undefined, 2),
  {
    mode: 0o600,
  },
);
await writeFile(factsFile, JSON.stringify({ operatorKey, databaseAdminUrl }), { mode: 0o600 });
process.stdout.write(`Wrote local.settings.json, the catalog and the database.
In a second terminal:  npm run build && func start
In a third terminal:   SLUICE_E2E_URL=http://localhost:7071 npm run test:e2e
Ctrl-C here ends storage and database.
`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    backends[Symbol.asyncDispose]().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}

function valuesOf(values: Readonly<Record<string, string>>): Record<string, string> {
  return { FUNCTIONS_WORKER_RUNTIME: 'node', ...values };
}

/** Nobody's own settings are lost. */
async function keepOldSettings(): Promise<void> {
  const old = await readFile(settingsFile).catch(() => undefined);
  if (old === undefined) return;
  await writeFile(`${settingsFile}.before-e2e`, old, { mode: 0o600 });
  process.stdout.write('Kept your local.settings.json as local.settings.json.before-e2e.\n');
}
