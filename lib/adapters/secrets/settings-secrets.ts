import type { OptionalSecretStore, SecretStore } from '../../core/secrets.ts';
import { requireSecretName, secretProblem } from './secret-problem.ts';

/**
 * Secrets from settings, for a developer's machine; `values` is by the name of the setting, so
 * `pg-app` is in `SLUICE_SECRET_PG_APP`.
 * `get` throws `secret_unavailable` naming the setting that is to be set.
 */
export function createSettingsSecrets(
  values: Readonly<Record<string, string>>,
): SecretStore & OptionalSecretStore {
  const held = new Map(Object.entries(values).filter(([, value]) => value !== ''));
  const find = async (name: string) => {
    requireSecretName(name);
    return held.get(settingName(name));
  };
  return {
    find,
    async get(name) {
      const value = await find(name);
      if (value !== undefined) return value;
      throw secretProblem(`The secret ${name} is missing: set ${settingName(name)}.`);
    },
  };
}

function settingName(secretName: string): string {
  return `SLUICE_SECRET_${secretName.toUpperCase().replaceAll('-', '_')}`;
}
