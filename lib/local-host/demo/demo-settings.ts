import { join } from 'node:path';
import { environmentNames } from '../setup/environment.ts';
import { newSecrets } from '../setup/new-secrets.ts';
import { exampleCatalogPath } from '../setup/sample-catalog.ts';
import { readSettingsFile } from '../setup/settings-file.ts';

/**
 * The settings of the demo's own host. Whatever the shell or local.settings.json say is emptied, so
 * that the demo is the same everywhere; secrets are fresh and are gone with the demo.
 */
export async function demoSettings(
  directory: string,
  connectionString: string,
): Promise<Readonly<Record<string, string>>> {
  const given = [...environmentNames(), ...(await namesInFile(directory))];
  const emptied = given.filter((name) => name.startsWith('SLUICE_')).map((name) => [name, '']);
  return {
    ...Object.fromEntries(emptied),
    AzureWebJobsStorage: connectionString,
    FUNCTIONS_WORKER_RUNTIME: 'node',
    SLUICE_ENVIRONMENT: 'demo',
    SLUICE_REGION: 'local',
    SLUICE_CATALOG: `./${exampleCatalogPath}`,
    SLUICE_STATE_STORAGE: connectionString,
    SLUICE_EXPORT_STORAGE: connectionString,
    SLUICE_WEBHOOK_ALLOW_LOOPBACK: 'true',
    ...(await newSecrets()),
  };
}

async function namesInFile(directory: string): Promise<readonly string[]> {
  const file = await readSettingsFile(join(directory, 'local.settings.json'));
  return Object.keys(file?.Values ?? {});
}
