/** One setting that an operator may or must give. */
export interface Setting {
  readonly name: string;
  readonly required: boolean;
  /** What holds when it is not given. */
  readonly fallback?: string;
  /** A value that works on a developer's machine, for local.settings.example.json. */
  readonly local?: string;
  /** The platform gives it itself; every other setting is set by the deployment template. */
  readonly byPlatform?: true;
  readonly description: string;
}

/**
 * Every setting that Sluice reads. The example file, the operator's guide and the deployment template
 * are checked against this list.
 */
export const settings: readonly Setting[] = [
  {
    name: 'SLUICE_ENVIRONMENT',
    required: true,
    local: 'dev',
    description:
      'Names the stamp inside API keys: 2 to 8 lower-case letters, for example dev or live.',
  },
  {
    name: 'SLUICE_REGION',
    required: true,
    local: 'local',
    description:
      'The region of this stamp, for example westeurope; every tenant made here belongs to it.',
  },
  {
    name: 'SLUICE_OTHER_STAMPS',
    required: false,
    description:
      'The vendor’s stamps in other regions, as JSON: {"<environment>": {"region": "northeurope", "url": "https://…"}}. Their keys and tenants are refused here, and told where they belong.',
  },
  {
    name: 'SLUICE_CATALOG',
    required: true,
    local: './lib/config/catalog.example.json',
    description: 'Path of the catalog file, relative to the app folder.',
  },
  {
    name: 'SLUICE_STATE_STORAGE',
    required: true,
    local: 'UseDevelopmentStorage=true',
    description:
      'Where the state lives: the table endpoint (https://<account>.table.core.windows.net), used by identity; or the emulator’s connection string. Signed heads of the audit log go to the same account’s blobs, container audit-heads.',
  },
  {
    name: 'SLUICE_EXPORT_STORAGE',
    required: true,
    local: 'UseDevelopmentStorage=true',
    description:
      'Where the files live: the blob endpoint (https://<account>.blob.core.windows.net), used by identity; or the emulator’s connection string.',
  },
  {
    name: 'SLUICE_APP_CLIENT_ID',
    required: false,
    description:
      'Client id of the user-assigned identity that does the work; absent: the default identity.',
  },
  {
    name: 'SLUICE_LINKS_CLIENT_ID',
    required: false,
    description:
      'Client id of the user-assigned identity that signs links; absent: the same as the app.',
  },
  {
    name: 'SLUICE_KEY_VAULT_URL',
    required: false,
    description:
      'The vault that holds the secrets. Absent: each secret is a setting, SLUICE_SECRET_<NAME> with dashes as underscores.',
  },
  {
    name: 'WEBSITE_HOSTNAME',
    required: false,
    byPlatform: true,
    description: 'The app’s own host name, set by the platform; webhooks to it are refused.',
  },
  {
    name: 'SLUICE_RETENTION_DAYS',
    required: false,
    fallback: '7',
    description: 'Days that files are kept after an export ended; 1 to 365.',
  },
  {
    name: 'SLUICE_PART_ROWS',
    required: false,
    fallback: '1000000',
    description: 'Rows of one part file; 1 to 1000000. Only tests lower it.',
  },
  {
    name: 'SLUICE_GZIP_LEVEL',
    required: false,
    fallback: '1',
    description: 'Effort of gzip; 1 (fast) to 9 (small).',
  },
  {
    name: 'SLUICE_TABLE_RUNS_MAX',
    required: false,
    fallback: '10',
    description:
      'How often reading one table may be begun in one attempt, because its instance went away, before the table fails with table_interrupted; 2 to 100.',
  },
  {
    name: 'SLUICE_SOURCE_WAIT_MINUTES',
    required: false,
    fallback: '60',
    description:
      'Minutes that a table waits for a database that is full or away (restart, failover) before it fails with the database’s code; 1 to 1440.',
  },
  {
    name: 'SLUICE_API_KEY_HEADERS',
    required: false,
    description:
      'Further header names that may carry a key, separated by commas, for example systrack-api-key.',
  },
  {
    name: 'SLUICE_WEBHOOK_ALLOW_LOOPBACK',
    required: false,
    fallback: 'false',
    local: 'true',
    description: 'true lets webhooks go to this machine, by http too. For development only.',
  },
  {
    name: 'SLUICE_WEBHOOK_CA_FILE',
    required: false,
    description: 'PEM file with further root certificates that webhook receivers may be signed by.',
  },
  {
    name: 'SLUICE_WEBHOOK_TRUSTED_HOSTS',
    required: false,
    description:
      'Host names, separated by commas, that need no proof of consent because you know that their owner wants every webhook that comes to them. Never a host that many share.',
  },
  {
    name: 'SLUICE_ISSUERS',
    required: false,
    description:
      'Identity providers whose users may sign in: a JSON list, or the path of a file with one, relative to the app folder; lib/core/identity/README.md.',
  },
  {
    name: 'SLUICE_ISSUER_ALLOW_LOOPBACK',
    required: false,
    fallback: 'false',
    description:
      'true lets this machine be an identity provider, by http too. For development only.',
  },
  {
    name: 'APPLICATIONINSIGHTS_CONNECTION_STRING',
    required: false,
    description:
      'The Application Insights resource that metrics go to, with the app’s identity; the host reads it too, for its own telemetry. Absent: none go there.',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    required: false,
    description:
      'Base address of an OTLP receiver that metrics go to, by HTTP in protobuf. Absent: none go there.',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    required: false,
    description:
      'Headers for the OTLP receiver, a credential for example, as name=value,name=value; a secret.',
  },
];

/** The prefix of settings that hold secrets when there is no vault. */
export const secretPrefix = 'SLUICE_SECRET_';

/** The setting that holds the secret of this name: `pg-app` is `SLUICE_SECRET_PG_APP`. */
export function secretSetting(secretName: string): string {
  return secretPrefix + secretName.toUpperCase().replaceAll('-', '_');
}
