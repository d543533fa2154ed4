import { expect, test } from 'vitest';
import { loadConfig } from '../../../lib/config/config.ts';
import { settings } from '../../../lib/config/settings.ts';

const given = Object.fromEntries(
  settings.flatMap(({ name, local }) => (local === undefined ? [] : [[name, local]])),
);

test('the local values are enough to start, and the rest has its stated default', () => {
  expect(loadConfig(given)).toEqual({
    environment: 'dev',
    region: 'local',
    otherStamps: new Map(),
    catalogPath: './lib/config/catalog.example.json',
    stateStorage: { kind: 'emulator', connectionString: 'UseDevelopmentStorage=true' },
    exportStorage: { kind: 'emulator', connectionString: 'UseDevelopmentStorage=true' },
    auditHeadStorage: { kind: 'emulator', connectionString: 'UseDevelopmentStorage=true' },
    appClientId: undefined,
    linksClientId: undefined,
    keyVaultUrl: undefined,
    secretSettings: {},
    ownHosts: [],
    retentionDays: 7,
    partRows: 1_000_000,
    gzipLevel: 1,
    tableRunsMax: 10,
    sourceWaitMinutes: 60,
    keyHeaders: [],
    signIn: { issuers: undefined, allowLoopback: false },
    webhooks: { allowLoopback: true, caFile: undefined, trustedHosts: [] },
    telemetry: { azureMonitor: undefined, otlpEndpoint: undefined },
  });
});

/** The same beside real storage, where a developer's switches are refused. */
const inAzure = {
  ...given,
  SLUICE_STATE_STORAGE: 'https://state.table.core.windows.net',
  SLUICE_EXPORT_STORAGE: 'https://account.blob.core.windows.net',
  SLUICE_WEBHOOK_ALLOW_LOOPBACK: 'false',
};

test('S35 signed heads of the log go to the blobs of the account that holds the state', () => {
  const at = (url: string) => loadConfig({ ...inAzure, SLUICE_STATE_STORAGE: url });
  expect(at('https://state.table.core.windows.net/').auditHeadStorage).toEqual({
    kind: 'endpoint',
    url: 'https://state.blob.core.windows.net',
  });
  expect(() => at('https://state.example.com')).toThrow(
    expect.objectContaining({
      mistakes: [expect.stringContaining('must be the table endpoint of the account')],
    }),
  );
});

test('hosts that the operator vouches for are names and nothing else', () => {
  const setting = 'SLUICE_WEBHOOK_TRUSTED_HOSTS';
  const { webhooks } = loadConfig({ ...given, [setting]: 'Hooks.Lakeside.example , b.example' });
  expect(webhooks.trustedHosts).toEqual(['hooks.lakeside.example', 'b.example']);
  for (const wrong of ['https://a.example', 'a.example/in', 'a.example:443', '*.example', 'a,,b']) {
    expect(() => loadConfig({ ...given, [setting]: wrong })).toThrow(setting);
  }
});

test('every stated default is the one in force', () => {
  const config = loadConfig(given);
  const stated = Object.fromEntries(settings.map(({ name, fallback }) => [name, fallback]));
  expect(stated).toMatchObject({
    SLUICE_RETENTION_DAYS: String(config.retentionDays),
    SLUICE_PART_ROWS: String(config.partRows),
    SLUICE_GZIP_LEVEL: String(config.gzipLevel),
  });
});

test('every mistake is reported at once', () => {
  const wrong = {
    ...given,
    SLUICE_ENVIRONMENT: 'Dev!',
    SLUICE_REGION: undefined,
    SLUICE_STATE_STORAGE: 'http://account.table.core.windows.net',
    SLUICE_PART_ROWS: '1000001',
    SLUICE_GZIP_LEVEL: 'fast',
    SLUICE_RETENTION_DAY: '3',
  };
  expect(() => loadConfig(wrong)).toThrow(
    expect.objectContaining({
      mistakes: [
        'SLUICE_RETENTION_DAY is not a setting of Sluice; see lib/config/settings.ts',
        'SLUICE_ENVIRONMENT must be 2 to 8 lower-case letters',
        'SLUICE_REGION is missing; set for example westeurope',
        'SLUICE_STATE_STORAGE must be an https endpoint, or the emulator’s connection string',
        'SLUICE_PART_ROWS must be at most 1000000',
        'SLUICE_GZIP_LEVEL must be a whole number from 1 to 9',
      ],
    }),
  );
});

test('secrets are taken from their own settings and from nowhere else', () => {
  const config = loadConfig({ ...given, SLUICE_SECRET_PG_APP: 'postgres://x' });
  expect(config.secretSettings).toEqual({ SLUICE_SECRET_PG_APP: 'postgres://x' });
});

test('an address of Azure may end with a slash, as Azure gives it out', () => {
  const { exportStorage } = loadConfig({
    ...inAzure,
    SLUICE_EXPORT_STORAGE: 'https://account.blob.core.windows.net/',
  });
  expect(exportStorage).toEqual({
    kind: 'endpoint',
    url: 'https://account.blob.core.windows.net',
  });
});

const key = 'InstrumentationKey=00000000-1111-2222-3333-444444444444';

test.each([
  [`${key};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/`],
  [`IngestionEndpoint=https://example.com/;${key}`],
  [key],
])('metrics go to the Application Insights resource of %s', (connectionString) => {
  const config = loadConfig({ ...given, APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString });
  expect(config.telemetry.azureMonitor).toBe(connectionString);
});

test('what cannot be a receiver of metrics is refused at the start, and the text is not repeated', () => {
  const wrong = {
    ...given,
    APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=canary',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4317',
  };
  expect(() => loadConfig(wrong)).toThrow(
    expect.objectContaining({
      mistakes: [
        'APPLICATIONINSIGHTS_CONNECTION_STRING must be the connection string of an Application Insights resource',
        'OTEL_EXPORTER_OTLP_ENDPOINT must be the base address of an OTLP receiver, for example https://otlp.example.com',
      ],
    }),
  );
});
