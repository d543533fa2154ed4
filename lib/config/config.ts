import { z } from 'zod';
import type { Stamp } from '../core/tenants/residency.ts';
import { ConfigError } from './config-error.ts';
import type { Environment } from './env.ts';
import { mixtureMistakes } from './mixture-mistakes.ts';
import { environmentName, otherStamps, regionName, stampMistakes } from './other-stamps.ts';
import { secretPrefix, settings } from './settings.ts';

/** Every setting, checked and with its default. */
export interface Config {
  readonly environment: string;
  readonly region: string;
  /** The vendor's stamps in other regions, by environment. */
  readonly otherStamps: ReadonlyMap<string, Stamp>;
  readonly catalogPath: string;
  readonly stateStorage: StorageTarget;
  readonly exportStorage: StorageTarget;
  /** The blobs of the account that holds the state: signed heads of the audit log. */
  readonly auditHeadStorage: StorageTarget;
  readonly appClientId: string | undefined;
  readonly linksClientId: string | undefined;
  readonly keyVaultUrl: string | undefined;
  /** Secrets by setting name; used only without a vault. */
  readonly secretSettings: Readonly<Record<string, string>>;
  /** Host names of this deployment. */
  readonly ownHosts: readonly string[];
  readonly retentionDays: number;
  readonly partRows: number;
  readonly gzipLevel: number;
  readonly tableRunsMax: number;
  readonly sourceWaitMinutes: number;
  readonly keyHeaders: readonly string[];
  /** SLUICE_ISSUERS as it is given; `loadIssuers` reads it. */
  readonly signIn: { readonly issuers: string | undefined; readonly allowLoopback: boolean };
  readonly webhooks: {
    readonly allowLoopback: boolean;
    readonly caFile: string | undefined;
    /** Host names in lower case. */
    readonly trustedHosts: readonly string[];
  };
  /** Where metrics go: to both, to one, or to nobody. */
  readonly telemetry: {
    readonly azureMonitor: string | undefined;
    readonly otlpEndpoint: string | undefined;
  };
}

/** The emulator by connection string, or a real account by its endpoint and an identity. */
export type StorageTarget =
  | { readonly kind: 'emulator'; readonly connectionString: string }
  | { readonly kind: 'endpoint'; readonly url: string };

/** Reads the settings whole; throws a ConfigError with every mistake. */
export function loadConfig(env: Environment): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  const mistakes = [
    ...unknownSettings(given),
    ...(parsed.success
      ? [...stampMistakesOf(parsed.data), ...mixtureMistakes(parsed.data, given)]
      : parsed.error.issues.map(text)),
  ];
  if (mistakes.length > 0 || !parsed.success) {
    throw new ConfigError('The settings have mistakes', { mistakes });
  }
  return toConfig(parsed.data, given);
}

const wholeNumber = (min: number, max: number, fallback: number) =>
  z.coerce
    .number(`must be a whole number from ${min} to ${max}`)
    .int(`must be a whole number from ${min} to ${max}`)
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`)
    .default(fallback);

const httpsUrl = z.url({
  protocol: /^https$/,
  error: 'must be an https address, for example https://account.blob.core.windows.net',
});

const storage = z
  .string('is missing; set the endpoint of the storage account, or UseDevelopmentStorage=true')
  .transform((value, context): StorageTarget => {
    if (value.includes('=') && !value.startsWith('https:')) {
      return { kind: 'emulator', connectionString: value };
    }
    if (httpsUrl.safeParse(value).success) {
      // Azure gives its addresses out with a slash at the end; what is built on them brings its own.
      return { kind: 'endpoint', url: value.replace(/\/+$/, '') };
    }
    context.addIssue('must be an https endpoint, or the emulator’s connection string');
    return z.NEVER;
  });

/** What the exporter would refuse later, when nobody looks. */
const connectionString = z
  .string()
  .regex(
    /(^|;)InstrumentationKey=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(;|$)/,
    'must be the connection string of an Application Insights resource',
  );

const otlpEndpoint = z.url({
  protocol: /^https?$/,
  error: 'must be the base address of an OTLP receiver, for example https://otlp.example.com',
});

const schema = z.object({
  SLUICE_ENVIRONMENT: environmentName,
  SLUICE_REGION: regionName,
  SLUICE_OTHER_STAMPS: otherStamps,
  SLUICE_CATALOG: z.string('is missing; set the path of the catalog file'),
  SLUICE_STATE_STORAGE: storage.refine(
    (target) => target.kind === 'emulator' || target.url.includes('.table.'),
    'must be the table endpoint of the account, for example https://account.table.core.windows.net',
  ),
  SLUICE_EXPORT_STORAGE: storage,
  SLUICE_APP_CLIENT_ID: z.string().optional(),
  SLUICE_LINKS_CLIENT_ID: z.string().optional(),
  SLUICE_KEY_VAULT_URL: httpsUrl.optional(),
  WEBSITE_HOSTNAME: z.string().optional(),
  SLUICE_RETENTION_DAYS: wholeNumber(1, 365, 7),
  SLUICE_PART_ROWS: wholeNumber(1, 1_000_000, 1_000_000),
  SLUICE_GZIP_LEVEL: wholeNumber(1, 9, 1),
  SLUICE_TABLE_RUNS_MAX: wholeNumber(2, 100, 10),
  SLUICE_SOURCE_WAIT_MINUTES: wholeNumber(1, 1_440, 60),
  SLUICE_API_KEY_HEADERS: z
    .string()
    .regex(/^[A-Za-z0-9-]+(\s*,\s*[A-Za-z0-9-]+)*$/, 'must be header names separated by commas')
    .optional(),
  SLUICE_WEBHOOK_ALLOW_LOOPBACK: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false'),
  SLUICE_WEBHOOK_CA_FILE: z.string().optional(),
  SLUICE_WEBHOOK_TRUSTED_HOSTS: z
    .string()
    .regex(
      /^[A-Za-z0-9.-]+(\s*,\s*[A-Za-z0-9.-]+)*$/,
      'must be host names separated by commas, without scheme, port and path',
    )
    .optional(),
  SLUICE_ISSUERS: z.string().optional(),
  SLUICE_ISSUER_ALLOW_LOOPBACK: z.enum(['true', 'false'], 'must be true or false').default('false'),
  APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint.optional(),
});

/** Names that belong to tests, benchmarks and the packager, not to the app. */
const foreign = /^SLUICE_(TEST|E2E|BENCH|DEMO|LOCAL|PACKAGE)_/;

/** A misspelt name would silently leave a default in force. */
function unknownSettings(given: Environment): string[] {
  const known = new Set(settings.map(({ name }) => name));
  return Object.keys(given)
    .filter((name) => name.startsWith('SLUICE_') && !name.startsWith(secretPrefix))
    .filter((name) => !known.has(name) && !foreign.test(name))
    .map((name) => `${name} is not a setting of Sluice; see lib/config/settings.ts`);
}

function stampMistakesOf(values: z.infer<typeof schema>): readonly string[] {
  const own = { environment: values.SLUICE_ENVIRONMENT, region: values.SLUICE_REGION };
  return stampMistakes(own, values.SLUICE_OTHER_STAMPS);
}

function text(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')} ${issue.message}`;
}

function toConfig(values: z.infer<typeof schema>, given: Environment): Config {
  return Object.freeze({
    environment: values.SLUICE_ENVIRONMENT,
    region: values.SLUICE_REGION,
    otherStamps: values.SLUICE_OTHER_STAMPS,
    catalogPath: values.SLUICE_CATALOG,
    stateStorage: values.SLUICE_STATE_STORAGE,
    exportStorage: values.SLUICE_EXPORT_STORAGE,
    auditHeadStorage: blobsBeside(values.SLUICE_STATE_STORAGE),
    appClientId: values.SLUICE_APP_CLIENT_ID,
    linksClientId: values.SLUICE_LINKS_CLIENT_ID ?? values.SLUICE_APP_CLIENT_ID,
    keyVaultUrl: values.SLUICE_KEY_VAULT_URL,
    secretSettings: secretsOf(given),
    ownHosts: ownHosts(values.WEBSITE_HOSTNAME),
    retentionDays: values.SLUICE_RETENTION_DAYS,
    partRows: values.SLUICE_PART_ROWS,
    gzipLevel: values.SLUICE_GZIP_LEVEL,
    tableRunsMax: values.SLUICE_TABLE_RUNS_MAX,
    sourceWaitMinutes: values.SLUICE_SOURCE_WAIT_MINUTES,
    keyHeaders: namesIn(values.SLUICE_API_KEY_HEADERS),
    signIn: {
      issuers: values.SLUICE_ISSUERS,
      allowLoopback: values.SLUICE_ISSUER_ALLOW_LOOPBACK === 'true',
    },
    webhooks: {
      allowLoopback: values.SLUICE_WEBHOOK_ALLOW_LOOPBACK === 'true',
      caFile: values.SLUICE_WEBHOOK_CA_FILE,
      trustedHosts: namesIn(values.SLUICE_WEBHOOK_TRUSTED_HOSTS),
    },
    telemetry: {
      azureMonitor: values.APPLICATIONINSIGHTS_CONNECTION_STRING,
      otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
    },
  });
}

/** An account's services differ in one part of their host names. */
function blobsBeside(tables: StorageTarget): StorageTarget {
  return tables.kind === 'emulator'
    ? tables
    : { ...tables, url: tables.url.replace('.table.', '.blob.') };
}

/** Names separated by commas, in lower case. */
function namesIn(list: string | undefined): readonly string[] {
  const names = list?.toLowerCase().split(',') ?? [];
  return names.map((name) => name.trim());
}

/** The platform's value has no port; a local host's has, and is this machine anyway. */
function ownHosts(hostName: string | undefined): readonly string[] {
  return hostName === undefined || hostName.includes(':') ? [] : [hostName];
}

function secretsOf(given: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      name.startsWith(secretPrefix) && value !== undefined ? [[name, value]] : [],
    ),
  );
}
