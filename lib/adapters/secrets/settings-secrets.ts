import type { SecretStore } from '../../core/secrets.ts';
import { requireSecretName, secretProblem } from './secret-problem.ts';

/**
 * Secrets from settings, for a developer's machine; `values` is by the name of the setting, so
 * `pg-app` is in `SLUICE_SECRET_PG_APP`.
 * `get` throws `secret_unavailable` naming the setting that is to be set.
 */
export function createSettingsSecrets(values: Readonly<Record<string, string>>): SecretStore {
  const held = new Map(Object.entries(values));
  return {
    async get(name) {
      requireSecretName(name);
      const setting = settingName(name);
      const value = held.get(setting);
      if (value !== undefined && value !== '') return value;
      throw secretProblem(`The secret ${name} is missing: set ${setting}.`);
    },
  };
}

function settingName(secretName: string): string {
  return `SLUICE_SECRET_${secretName.toUpperCase().replaceAll('-', '_')}`;
}
