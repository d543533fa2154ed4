import { type Setting, settings as settingsOfApp } from '../../../lib/config/settings.ts';
import { ofType, type Resource, valueAt } from './resource.ts';

/** How the host reaches its storage by identity. */
const hostStorage: Readonly<Record<string, RegExp>> = {
  AzureWebJobsStorage__blobServiceUri: /./,
  AzureWebJobsStorage__queueServiceUri: /./,
  AzureWebJobsStorage__tableServiceUri: /./,
  AzureWebJobsStorage__credential: /^managedidentity$/,
  AzureWebJobsStorage__clientId: /./,
};

/**
 * Settings of the host that Flex Consumption replaces by properties of the app or does not know any more,
 * and the connection string that identities replace.
 */
const forbidden =
  /^(AzureWebJobsStorage|ENABLE_ORYX_BUILD|FUNCTIONS_(EXTENSION_VERSION|MAX_HTTP_CONCURRENCY|WORKER_DYNAMIC_CONCURRENCY_ENABLED|WORKER_PROCESS_COUNT|WORKER_RUNTIME|WORKER_RUNTIME_VERSION)|SCM_DO_BUILD_DURING_DEPLOYMENT|TZ|WEBSITE_(CONTENTAZUREFILECONNECTIONSTRING|CONTENTOVERVNET|CONTENTSHARE|DNS_SERVER|LOAD_CERTIFICATES|MAX_DYNAMIC_APPLICATION_SCALE_OUT|NODE_DEFAULT_VERSION|RUN_FROM_PACKAGE|SKIP_CONTENTSHARE_VALIDATION|TIME_ZONE|VNET_ROUTE_ALL))$/;

/** A table that is read fills half a core; more side by side would crowd an instance. */
const activitiesAtOnce: Readonly<Record<number, string>> = { 512: '1', 2048: '2', 4096: '4' };

const activitiesSetting =
  'AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions';

function crowded(resources: readonly Resource[], given: Readonly<Record<string, unknown>>) {
  const site = ofType(resources, 'Microsoft.Web/sites')[0];
  const path = 'properties.functionAppConfig.scaleAndConcurrency.instanceMemoryMB';
  const memory = Number(valueAt(site, path));
  const wanted = activitiesAtOnce[memory];
  if (given[activitiesSetting] === wanted) return [];
  return [`${activitiesSetting} must be ${wanted} with ${memory} MB.`];
}

/** The settings that a stamp gives its app, or undefined where it gives none. */
export function settingsOf(
  resources: readonly Resource[],
): Readonly<Record<string, unknown>> | undefined {
  const configs = ofType(resources, 'Microsoft.Web/sites/config');
  return configs.find(({ name }) => name.endsWith('appsettings'))?.properties;
}

/** Finds settings that the app or its host needs and does not get, and such as it must not get. */
export function settingProblems(
  resources: readonly Resource[],
  settings: readonly Setting[] = settingsOfApp,
): readonly string[] {
  const given = settingsOf(resources);
  if (given === undefined) return ['no sites/config appsettings sets any.'];
  const names = Object.keys(given);
  const byPlatform = settings.filter((one) => one.byPlatform).map(({ name }) => name);
  const known = settings.map(({ name }) => name);
  return [
    ...settings
      .filter(({ name, required }) => required && !given[name])
      .map(({ name }) => `the setting ${name} is missing.`),
    ...Object.entries(hostStorage)
      .filter(([name, wanted]) => !wanted.test(String(given[name] ?? '')))
      .map(([name]) => `the setting ${name} does not reach the host storage by identity.`),
    ...crowded(resources, given),
    ...names
      .filter((name) => forbidden.test(name) || byPlatform.includes(name))
      .map((name) => `the setting ${name} must not be set on Flex Consumption.`),
    ...names
      .filter((name) => name.startsWith('SLUICE_') && !known.includes(name))
      .map((name) => `the app reads no setting ${name}.`),
  ];
}

/** Finds settings of the app that no stamp gives, whatever is chosen. */
export function neverGiven(
  stamps: readonly (readonly Resource[])[],
  settings: readonly Setting[] = settingsOfApp,
): readonly string[] {
  const given = new Set(stamps.flatMap((stamp) => Object.keys(settingsOf(stamp) ?? {})));
  return settings
    .filter(({ name, byPlatform }) => byPlatform !== true && !given.has(name))
    .map(({ name }) => `no stamp gives the setting ${name}.`);
}
