import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TokenCredential } from '@azure/core-auth';
import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { createBlobExportFiles } from '../lib/adapters/blobs/blob-export-files.ts';
import { createDelegationLinkSigner } from '../lib/adapters/blobs/delegation-link-signer.ts';
import { createEmulatorLinkSigner } from '../lib/adapters/blobs/emulator-link-signer.ts';
import { createLineLog } from '../lib/adapters/log/line-log.ts';
import { createKeyVaultSecrets } from '../lib/adapters/secrets/key-vault-secrets.ts';
import { createSettingsSecrets } from '../lib/adapters/secrets/settings-secrets.ts';
import { emulatorAccount, type StorageAccount } from '../lib/adapters/shared/storage-options.ts';
import { createPostgresSource } from '../lib/adapters/sources/postgres/create-postgres-source.ts';
import { createSqliteSource } from '../lib/adapters/sources/sqlite/create-sqlite-source.ts';
import { createTableStores, type TableStores } from '../lib/adapters/tables/table-stores.ts';
import { createOutbound } from '../lib/adapters/webhooks/outbound-client.ts';
import type { Config, StorageTarget } from '../lib/config/config.ts';
import type { Catalog } from '../lib/core/catalog/catalog.ts';
import type { Clock } from '../lib/core/clock.ts';
import type { ExportFiles } from '../lib/core/exports/export-files.ts';
import type { LinkSigner } from '../lib/core/links/link-signer.ts';
import type { Log } from '../lib/core/log.ts';
import type { SecretStore } from '../lib/core/secrets.ts';
import type { Source, Sources } from '../lib/core/sources/source.ts';
import type { DestinationCheck, Outbound } from '../lib/core/webhooks/outbound.ts';
import type { UrlRules } from '../lib/core/webhooks/url-rules.ts';

/** Every product behind its port. */
export interface Adapters {
  readonly stores: TableStores;
  readonly files: ExportFiles;
  readonly linkSigner: LinkSigner;
  readonly sources: Sources;
  readonly secrets: SecretStore;
  readonly urlRules: UrlRules;
  readonly outbound: Outbound & DestinationCheck;
  readonly log: Log;
  readonly clock: Clock;
}

/** Makes every client; nothing is called yet. Relative paths of the catalog start at `appDirectory`. */
export function createAdapters(config: Config, catalog: Catalog, appDirectory: string): Adapters {
  const clock = () => new Date();
  const log = createLineLog((line) => process.stdout.write(line), clock);
  const secrets = createSecrets(config, clock);
  const urlRules = {
    allowLoopback: config.webhooks.allowLoopback,
    extraPorts: [],
    ownHosts: config.ownHosts,
  };
  return {
    stores: createTableStores(accountOf(config.stateStorage, config.appClientId)),
    files: createBlobExportFiles(accountOf(config.exportStorage, config.appClientId)),
    linkSigner: createLinkSigner(config, clock),
    sources: createSources(catalog, secrets, appDirectory),
    secrets,
    urlRules,
    outbound: createOutbound({ urlRules, log, ca: readCa(config.webhooks.caFile, appDirectory) }),
    log,
    clock,
  };
}

function createSecrets(config: Config, clock: Clock): SecretStore {
  return config.keyVaultUrl === undefined
    ? createSettingsSecrets(config.secretSettings)
    : createKeyVaultSecrets(config.keyVaultUrl, credentialOf(config.appClientId), clock);
}

function accountOf(target: StorageTarget, clientId: string | undefined): StorageAccount {
  return target.kind === 'emulator'
    ? emulatorAccount(target.connectionString)
    : { kind: 'identity', serviceUrl: target.url, credential: credentialOf(clientId) };
}

function createLinkSigner({ exportStorage, linksClientId }: Config, clock: Clock): LinkSigner {
  const account = accountOf(exportStorage, linksClientId);
  return account.kind === 'emulator'
    ? createEmulatorLinkSigner(account.connectionString)
    : createDelegationLinkSigner(account, clock);
}

/** A named identity is used as it is; without a name the usual chain finds one, a developer's too. */
function credentialOf(clientId: string | undefined): TokenCredential {
  return clientId === undefined
    ? new DefaultAzureCredential()
    : new ManagedIdentityCredential({ clientId });
}

/** One source per entry of the catalog, made when it is first used. */
function createSources(catalog: Catalog, secrets: SecretStore, appDirectory: string): Sources {
  const made = new Map<string, Source>();
  return (name) => {
    const source = made.get(name) ?? createSource(catalog, name, secrets, appDirectory);
    made.set(name, source);
    return source;
  };
}

function createSource(
  catalog: Catalog,
  name: string,
  secrets: SecretStore,
  appDirectory: string,
): Source {
  const config = catalog.sources[name];
  if (config === undefined) throw new TypeError(`The catalog has no source ${name}.`);
  return config.kind === 'postgres'
    ? createPostgresSource(config, { secrets, name })
    : createSqliteSource(config, { appDirectory, name });
}

function readCa(file: string | undefined, appDirectory: string): string | undefined {
  return file === undefined ? undefined : readFileSync(resolve(appDirectory, file), 'utf8');
}
