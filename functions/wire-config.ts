import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isEmulatorConnectionString } from '../lib/adapters/shared/emulator-connection.ts';
import { type Config, loadConfig, type StorageTarget } from '../lib/config/config.ts';
import { ConfigError } from '../lib/config/config-error.ts';
import type { Environment } from '../lib/config/env.ts';
import { loadCatalog } from '../lib/config/load-catalog.ts';
import { loadIssuers } from '../lib/config/load-issuers.ts';
import type { Catalog } from '../lib/core/catalog/catalog.ts';
import { issuerMistakes } from '../lib/core/identity/issuer-mistakes.ts';

export type Configuration =
  | { readonly isValid: true; readonly config: Config; readonly catalog: Catalog }
  | { readonly isValid: false; readonly mistakes: readonly SettingMistake[] };

/** What is wrong with one setting, or with the file that it names; never its value. */
export interface SettingMistake {
  readonly setting: string;
  readonly text: string;
}

/**
 * Reads settings and the files that they name, and finds every mistake that can be found before
 * anything is asked. Relative paths start at `appDirectory`.
 */
export function readConfiguration(env: Environment, appDirectory: string): Configuration {
  const settings = attempt(settingOf, () => loadConfig(env));
  if (settings.value === undefined) return { isValid: false, mistakes: settings.mistakes };
  const config = settings.value;
  const catalog = attempt(always('SLUICE_CATALOG'), () =>
    loadCatalog(config.catalogPath, appDirectory),
  );
  const mistakes = [
    ...catalog.mistakes,
    ...issuersMistakes(config, appDirectory),
    ...storageMistakes('SLUICE_STATE_STORAGE', config.stateStorage),
    ...storageMistakes('SLUICE_EXPORT_STORAGE', config.exportStorage),
    ...caMistakes(config, appDirectory),
  ];
  return catalog.value === undefined || mistakes.length > 0
    ? { isValid: false, mistakes }
    : { isValid: true, config, catalog: catalog.value };
}

interface Attempt<T> {
  readonly value?: T;
  readonly mistakes: readonly SettingMistake[];
}

function attempt<T>(settingFor: (text: string) => string, read: () => T): Attempt<T> {
  try {
    return { value: read(), mistakes: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { mistakes: error.mistakes.map((text) => ({ setting: settingFor(text), text })) };
  }
}

/** Each mistake of the settings begins with the name of its setting. */
function settingOf(mistake: string): string {
  return /^\w+/.exec(mistake)?.[0] ?? 'SLUICE';
}

function always(setting: string): () => string {
  return () => setting;
}

function issuersMistakes({ signIn }: Config, directory: string): readonly SettingMistake[] {
  const read = () =>
    loadIssuers(signIn.issuers, {
      directory,
      issuerMistakes: (issuers, index) => issuerMistakes(issuers, index, signIn),
    });
  return attempt(always('SLUICE_ISSUERS'), read).mistakes;
}

/** The adapters refuse such a string too, at a time when nobody would hear of it. */
function storageMistakes(setting: string, target: StorageTarget): readonly SettingMistake[] {
  if (target.kind !== 'emulator' || isEmulatorConnectionString(target.connectionString)) return [];
  const text = `${setting} is the connection string of an account; set the account's endpoint instead, an identity signs in there`;
  return [{ setting, text }];
}

function caMistakes({ webhooks }: Config, appDirectory: string): readonly SettingMistake[] {
  const { caFile } = webhooks;
  if (caFile === undefined) return [];
  try {
    readFileSync(resolve(appDirectory, caFile));
    return [];
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const setting = 'SLUICE_WEBHOOK_CA_FILE';
    return [{ setting, text: `${setting} names a file that cannot be read: ${why}` }];
  }
}
