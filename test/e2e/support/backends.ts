import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { freshDatabase, startPostgres } from '../../support/postgres.ts';
import { vendorCatalog, vendorSchema } from './vendor-database.ts';

/** Storage and database of a host under test, and the settings that it needs. */
export interface Backends extends AsyncDisposable {
  readonly azurite: Azurite;
  /** The superuser in the vendor's database. */
  readonly databaseAdminUrl: string;
  readonly operatorKey: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts Azurite and PostgreSQL, fills the vendor's database and writes the catalog into the folder. */
export async function startBackends(folder: string): Promise<Backends> {
  await mkdir(folder, { recursive: true });
  const catalogFile = join(folder, 'catalog.json');
  await writeFile(catalogFile, JSON.stringify(vendorCatalog(), undefined, 2));
  await using started = new AsyncDisposableStack();
  const azurite = started.use(await startAzurite());
  const server = await startPostgres();
  started.defer(() => server.stop());
  const database = await freshDatabase(server.adminUrl);
  started.defer(() => database.drop());
  await database.asOwner(vendorSchema());
  const operatorKey = randomBytes(32).toString('base64url');
  const settings = {
    AzureWebJobsStorage: azurite.connectionString,
    SLUICE_ENVIRONMENT: 'test',
    SLUICE_REGION: 'local',
    SLUICE_CATALOG: catalogFile,
    SLUICE_STATE_STORAGE: azurite.connectionString,
    SLUICE_EXPORT_STORAGE: azurite.connectionString,
    SLUICE_API_KEY_HEADERS: 'systrack-api-key',
    SLUICE_SOURCE_WAIT_MINUTES: '1',
    SLUICE_WEBHOOK_ALLOW_LOOPBACK: 'true',
    SLUICE_ISSUER_ALLOW_LOOPBACK: 'true',
    SLUICE_SECRET_SLUICE_MASTER_KEY: randomBytes(32).toString('base64'),
    SLUICE_SECRET_SLUICE_KEY_PEPPER: randomBytes(32).toString('base64'),
    SLUICE_SECRET_SLUICE_SIGNING_KEY: await signingKey(),
    SLUICE_SECRET_SLUICE_OPERATOR_KEY: operatorKey,
    SLUICE_SECRET_E2E_MAIN: database.readerUrl,
    // Nothing listens on port 1.
    SLUICE_SECRET_E2E_DEAD: 'postgres://reader:nobody@127.0.0.1:1/vendor',
  };
  const running = started.move();
  return {
    azurite,
    databaseAdminUrl: database.adminUrl,
    operatorKey,
    settings,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function signingKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  return JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'e2e' });
}
