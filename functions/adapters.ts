import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TokenCredential } from '@azure/core-auth';
import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { createBlobExportFiles } from '../lib/adapters/blobs/blob-export-files.ts';
import { createBlobHeadSeals } from '../lib/adapters/blobs/blob-head-seals.ts';
import { createDelegationLinkSigner } from '../lib/adapters/blobs/delegation-link-signer.ts';
import { createEmulatorLinkSigner } from '../lib/adapters/blobs/emulator-link-signer.ts';
import { createRemoteKeys } from '../lib/adapters/identity/remote-keys.ts';
import { createLineLog } from '../lib/adapters/log/line-log.ts';
import { writeConsole } from '../lib/adapters/log/write-console.ts';
import { createKeyVaultSecrets } from '../lib/adapters/secrets/key-vault-secrets.ts';
import { createSettingsSecrets } from '../lib/adapters/secrets/settings-secrets.ts';
import { emulatorAccount, type StorageAccount } from '../lib/adapters/shared/storage-options.ts';
import { createPostgresSource } from '../lib/adapters/sources/postgres/create-postgres-source.ts';
import { createSluiceSource } from '../lib/adapters/sources/sluice/create-sluice-source.ts';
import { createSqliteSource } from '../lib/adapters/sources/sqlite/create-sqlite-source.ts';
import { createTableStores, type TableStores } from '../lib/adapters/tables/table-stores.ts';
import {
  createInvocationContext,
  type InvocationContext,
} from '../lib/adapters/telemetry/invocation-context.ts';
import type { Telemetry } from '../lib/adapters/telemetry/telemetry.ts';
import { createOutbound } from '../lib/adapters/webhooks/outbound-client.ts';
import type { Config, StorageTarget } from '../lib/config/config.ts';
import { loadIssuers } from '../lib/config/load-issuers.ts';
import type { HeadSealStore } from '../lib/core/audit/head-seal.ts';
import type { Catalog } from '../lib/core/catalog/catalog.ts';
import type { Clock } from '../lib/core/clock.ts';
import type { ExportFiles } from '../lib/core/exports/export-files.ts';
import type { SettingsIssuer } from '../lib/core/identity/issuer.ts';
import { issuerMistakes } from '../lib/core/identity/issuer-mistakes.ts';
import type { KeySource } from '../lib/core/identity/key-source.ts';
import type { LinkSigner } from '../lib/core/links/link-signer.ts';
import type { Log } from '../lib/core/log.ts';
import type { OptionalSecretStore, SecretStore } from '../lib/core/secrets.ts';
import type { Source, Sources } from '../lib/core/sources/source.ts';
import type { DestinationCheck, Outbound } from '../lib/core/webhooks/outbound.ts';
import type { UrlRules } from '../lib/core/webhooks/url-rules.ts';
import { wireTelemetry } from './wire-telemetry.ts';

/** Every product behind its port. */
export interface Adapters {
  readonly stores: TableStores;
  readonly files: ExportFiles;
  readonly headSeals: HeadSealStore;
  readonly linkSigner: LinkSigner;
  readonly sources: Sources;
  readonly secrets: SecretStore & OptionalSecretStore;
  readonly urlRules: UrlRules;
  readonly outbound: Outbound & DestinationCheck;
  /** The identity providers of the settings. */
  readonly issuers: readonly SettingsIssuer[];
  readonly identityKeys: KeySource;
  readonly log: Log;
  readonly invocations: InvocationContext;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/** Makes every client; nothing is called yet. Relative paths of the catalog start at `appDirectory`. */
export function createAdapters(config: Config, catalog: Catalog, appDirectory: string): Adapters {
  const clock = () => new Date();
  const invocations = createInvocationContext();
  const log = createLineLog(
    (line, level) => {
      if (!invocations.write(line.trimEnd(), level)) writeConsole(line, level);
    },
    clock,
    invocations.fields,
  );
  const secrets = createSecrets(config, clock);
  const urlRules = {
    allowLoopback: config.webhooks.allowLoopback,
    extraPorts: [],
    ownHosts: config.ownHosts,
  };
  const stores = createTableStores(accountOf(config.stateStorage, config.appClientId));
  return {
    stores,
    files: createBlobExportFiles(accountOf(config.exportStorage, config.appClientId)),
    headSeals: createBlobHeadSeals(accountOf(config.auditHeadStorage, config.appClientId)),
    linkSigner: createLinkSigner(config, clock),
    sources: createSources((name) =>
      createSource(catalog, name, { secrets, appDirectory, stores }),
    ),
    secrets,
    urlRules,
    outbound: createOutbound({ urlRules, log, ca: readCa(config.webhooks.caFile, appDirectory) }),
    issuers: loadIssuers(config.signIn.issuers, {
      directory: appDirectory,
      issuerMistakes: (issuers, index) => issuerMistakes(issuers, index, config.signIn),
    }),
    identityKeys: createRemoteKeys({ clock, allowLoopback: config.signIn.allowLoopback }),
    log,
    invocations,
    telemetry: wireTelemetry(config, {
      credential: () => credentialOf(config.appClientId),
      appDirectory,
      log,
    }),
    clock,
  };
}

function createSecrets(config: Config, clock: Clock): SecretStore & OptionalSecretStore {
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
function createSources(make: (name: string) => Source): Sources {
  const made = new Map<string, Source>();
  return (name) => {
    const source = made.get(name) ?? make(name);
    made.set(name, source);
    return source;
  };
}

interface SourceParts {
  readonly secrets: SecretStore;
  readonly appDirectory: string;
  readonly stores: TableStores;
}

function createSource(
  catalog: Catalog,
  name: string,
  { secrets, appDirectory, stores }: SourceParts,
): Source {
  const config = catalog.sources[name];
  if (config === undefined) throw new TypeError(`The catalog has no source ${name}.`);
  switch (config.kind) {
    case 'postgres':
      return createPostgresSource(config, { secrets, name });
    case 'sqlite':
      return createSqliteSource(config, { appDirectory, name });
    case 'sluice':
      return createSluiceSource({ auditRows: stores.auditRows });
  }
}

function readCa(file: string | undefined, appDirectory: string): string | undefined {
  return file === undefined ? undefined : readFileSync(resolve(appDirectory, file), 'utf8');
}
