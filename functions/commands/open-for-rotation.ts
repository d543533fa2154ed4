import { fileURLToPath } from 'node:url';
import { DefaultAzureCredential } from '@azure/identity';
import { createLineLog } from '../../lib/adapters/log/line-log.ts';
import { createKeyVaultSecrets } from '../../lib/adapters/secrets/key-vault-secrets.ts';
import { createTableStores } from '../../lib/adapters/tables/table-stores.ts';
import { loadConfig } from '../../lib/config/config.ts';
import { readEnvironment } from '../../lib/config/env.ts';
import { loadCatalog } from '../../lib/config/load-catalog.ts';
import type { RotateMasterKeyDeps } from '../../lib/core/sealing/rotate-master-key.ts';
import { createAdapters } from '../adapters.ts';
import type { RotationOrder } from './read-rotation-order.ts';

/** What the rotation works with; a stamp is opened as whoever is signed in. */
export function openForRotation(order: RotationOrder): RotateMasterKeyDeps {
  return order.kind === 'settings' ? openBySettings() : openStamp(order.vaultUrl, order.stateUrl);
}

function openStamp(vaultUrl: string, serviceUrl: string): RotateMasterKeyDeps {
  const credential = new DefaultAzureCredential();
  const clock = () => new Date();
  const { tenants } = createTableStores({ kind: 'identity', serviceUrl, credential });
  const secrets = createKeyVaultSecrets(vaultUrl, credential, clock);
  return { tenants, secrets, log: createLineLog((line) => process.stderr.write(line), clock) };
}

function openBySettings(): RotateMasterKeyDeps {
  const appDirectory = fileURLToPath(new URL('../../', import.meta.url));
  const config = loadConfig(readEnvironment());
  const catalog = loadCatalog(config.catalogPath, appDirectory);
  const { stores, secrets, log } = createAdapters(config, catalog, appDirectory);
  return { tenants: stores.tenants, secrets, log };
}
