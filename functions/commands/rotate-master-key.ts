import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../lib/config/config.ts';
import { readEnvironment } from '../../lib/config/env.ts';
import { loadCatalog } from '../../lib/config/load-catalog.ts';
import { type RotationCount, rotateMasterKey } from '../../lib/core/sealing/rotate-master-key.ts';
import { optionalSecretNames, secretNames } from '../../lib/core/secrets.ts';
import { createAdapters } from '../adapters.ts';

/**
 * `npm run rotate-master-key`, with the app's settings in the environment: wraps every tenant's data
 * key with the current master key. Exit code 1 when a tenant could not be done.
 */
const { previousMasterKey } = optionalSecretNames;
const appDirectory = fileURLToPath(new URL('../../', import.meta.url));
const config = loadConfig(readEnvironment());
const catalog = loadCatalog(config.catalogPath, appDirectory);
const { stores, secrets, log } = createAdapters(config, catalog, appDirectory);

const count = await rotateMasterKey({ tenants: stores.tenants, secrets, log }, (soFar) =>
  say(`${soFar.tenants} tenants looked at, ${soFar.rewrapped} wrapped anew`),
);
say(verdictOf(count));
process.exitCode = count.failed === 0 ? 0 : 1;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function verdictOf({ masterKeyId, tenants, rewrapped, failed }: RotationCount): string {
  const done = `Master key ${masterKeyId}: ${tenants} tenants, ${rewrapped} wrapped anew, ${failed} failed.`;
  if (failed > 0) return `${done} Set ${previousMasterKey} to the key before, and run it again.`;
  // A process that read its secrets just before the rotation still wraps with the old key.
  if (rewrapped > 0) return `${done} Run it again in 15 minutes, until nothing is wrapped anew.`;
  return `${done} Everything is under ${secretNames.masterKey}; ${previousMasterKey} may be removed.`;
}
