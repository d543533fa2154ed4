import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureSampleDatabase, sampleDatabasePath } from '../demo/sample-database.ts';
import { HostError, toError } from '../host-error.ts';
import { describeSettings } from './describe-settings.ts';
import { prepareLocal } from './prepare-local.ts';
import { usesExampleCatalog } from './sample-catalog.ts';

const usage = `usage: npm run setup -- [options]
Writes what a host on this machine needs: local.settings.json with fresh secrets, and the sample
database when the catalog is the example. What is there already is kept.
  --directory <dir>      the app's folder (default: here)
  --catalog <path>       the catalog to use, relative to the app's folder
  --set <NAME=value>     gives a setting this value; may be repeated; not for secrets`;

try {
  await run();
} catch (error) {
  const known = error instanceof HostError || (error instanceof Error && 'code' in error);
  console.error(known ? toError(error).message : toError(error).stack);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      directory: { type: 'string', default: '.' },
      catalog: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const directory = resolve(values.directory);
  const catalog = values.catalog === undefined ? {} : { SLUICE_CATALOG: values.catalog };
  const overrides = { ...Object.fromEntries(values.set.map(readPair)), ...catalog };
  const settings = await prepareLocal({ directory, exampleDirectory: exampleFolder(), overrides });
  console.log(describeSettings({ ...settings, file: relative('.', settings.file) }));
  if (usesExampleCatalog(directory, settings.values)) await ensureDatabase(directory);
}

/** The example belongs to the source tree that this file is part of. */
function exampleFolder(): string {
  return resolve(import.meta.dirname, '..', '..', '..');
}

function readPair(text: string): readonly [string, string] {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new HostError(`--set takes NAME=value, not ${JSON.stringify(text)}.`);
  }
  return [name, value];
}

async function ensureDatabase(directory: string): Promise<void> {
  const file = join(directory, sampleDatabasePath);
  const isNew = await ensureSampleDatabase({ file });
  const name = relative('.', file);
  console.log(
    isNew ? `Made the sample database ${name}.` : `The sample database ${name} is there.`,
  );
}
