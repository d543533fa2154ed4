import { join } from 'node:path';
import { setEnvironmentDefault } from '../environment.ts';
import { HostError } from '../host-error.ts';
import { isRecord } from '../json.ts';
import { readJsonFile } from './host-json.ts';

/** Puts the Values of local.settings.json into the environment; what the shell has set wins. */
export function applyLocalSettings(appDirectory: string): void {
  const path = join(appDirectory, 'local.settings.json');
  const values = readJsonFile(path)['Values'] ?? {};
  if (!isRecord(values)) throw new HostError(`${path}: "Values" must be an object.`);
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'object') {
      throw new HostError(
        `${path}: the value of "${name}" must be text, as the platform takes no other.`,
      );
    }
    setEnvironmentDefault(name, String(value));
  }
}
