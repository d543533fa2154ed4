import { join } from 'node:path';
import { HostError } from '../host-error.ts';
import { secretMakers } from './new-secrets.ts';
import { readSettingsFile, type SettingsFile, writeSettingsFile } from './settings-file.ts';

export interface LocalWishes {
  /** The app's folder; local.settings.json is written there. */
  readonly directory: string;
  /** Holds local.settings.example.json; the app's folder unless told otherwise. */
  readonly exampleDirectory?: string;
  /** Settings that are to have these values, whatever the file says. Secrets cannot be among them. */
  readonly overrides?: Readonly<Record<string, string>>;
}

export interface LocalSettings {
  /** Absolute or relative as the folder was. */
  readonly file: string;
  readonly isNew: boolean;
  /** The names of the settings that were added, in the order of the file. */
  readonly added: readonly string[];
  /** The names of the settings that got another value by `overrides`. */
  readonly changed: readonly string[];
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Makes sure that local.settings.json holds every setting of the example and fresh secrets. What is
 * there is kept: a secret is made only where there is none, so keys and signatures stay valid.
 */
export async function prepareLocal(wishes: LocalWishes): Promise<LocalSettings> {
  const { directory, overrides = {} } = wishes;
  refuseSecrets(overrides);
  const file = join(directory, 'local.settings.json');
  const example = await readExample(wishes.exampleDirectory ?? directory);
  const present = await readSettingsFile(file);
  const before = present?.Values ?? {};
  const values = { ...(await fill({ ...example.Values, ...before })), ...overrides };
  const added = Object.keys(values).filter(
    (name) => before[name] !== values[name] && isBlank(before, name),
  );
  const changed = Object.keys(values).filter(
    (name) => before[name] !== values[name] && !isBlank(before, name),
  );
  if (present === undefined || added.length + changed.length > 0) {
    await writeSettingsFile(file, { ...(present ?? example), Values: values });
  }
  return { file, isNew: present === undefined, added, changed, values };
}

function refuseSecrets(overrides: Readonly<Record<string, string>>): void {
  const secret = Object.keys(overrides).find((name) => name.startsWith('SLUICE_SECRET_'));
  if (secret === undefined) return;
  throw new HostError(`${secret} is a secret: write it into local.settings.json yourself.`);
}

async function readExample(directory: string): Promise<SettingsFile> {
  const path = join(directory, 'local.settings.example.json');
  const example = await readSettingsFile(path);
  if (example === undefined) throw new HostError(`${path} is missing; it comes with the app.`);
  return example;
}

async function fill(
  values: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const filled: Record<string, string> = { ...values };
  for (const [name, make] of Object.entries(secretMakers)) {
    if (isBlank(filled, name)) filled[name] = await make();
  }
  return filled;
}

function isBlank(values: Readonly<Record<string, string>>, name: string): boolean {
  return (values[name] ?? '') === '';
}
