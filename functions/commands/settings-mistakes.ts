import { createSettingsSecrets } from '../../lib/adapters/secrets/settings-secrets.ts';
import type { Config } from '../../lib/config/config.ts';
import type { Environment } from '../../lib/config/env.ts';
import { mistakeIn, ownSecrets } from '../../lib/core/own-secrets/own-secret.ts';
import { readConfiguration, type SettingMistake } from '../wire-config.ts';

/**
 * Everything that is wrong with the settings, with the files that they name, and with Sluice's own secrets as
 * far as settings hold them; one text each, which says where. Asks no service, and shows no value.
 */
export async function settingsMistakes(
  env: Environment,
  appDirectory: string,
): Promise<readonly string[]> {
  const read = readConfiguration(env, appDirectory);
  if (!read.isValid) return read.mistakes.map((mistake) => withPlace(mistake, env));
  return read.config.keyVaultUrl === undefined ? await secretMistakes(read.config) : [];
}

/** A place inside a file needs the file's name; what begins with a name has it. */
function withPlace({ setting, text }: SettingMistake, env: Environment): string {
  const named = env[setting] ?? setting;
  if (!text.startsWith('/') || text.startsWith(`${named}:`)) return text;
  return `${named.trimStart().startsWith('[') ? setting : named} at ${text}`;
}

async function secretMistakes({ secretSettings }: Config): Promise<readonly string[]> {
  const secrets = createSettingsSecrets(secretSettings);
  const found = ownSecrets.map(async (secret) => {
    const value = await secrets.find(secret.name);
    const setting = `SLUICE_SECRET_${secret.name.toUpperCase().replaceAll('-', '_')}`;
    if (value === undefined) {
      return secret.isRequired
        ? `${setting} is missing; npm run setup makes a fresh one`
        : undefined;
    }
    const error = await mistakeIn(secret, value);
    if (error === undefined) return undefined;
    return `${setting} is malformed: ${error.internal ?? error.message} ${repair(secret.isRequired)}`;
  });
  return (await Promise.all(found)).filter((text) => text !== undefined);
}

function repair(isRequired: boolean): string {
  return isRequired
    ? 'Put the right value back; or empty it for a fresh one, and what the old one sealed, hashed or signed is lost'
    : 'Put the right value back, or take the setting out';
}
