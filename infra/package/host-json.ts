import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Backend } from './options.ts';
import { PackageError, reasonOf } from './package-error.ts';
import { readJson } from './read-json.ts';

const hostSchema = z.looseObject({
  extensionBundle: z.looseObject({}),
  extensions: z.looseObject({ durableTask: z.looseObject({}) }),
});

/** The first bundle with the scheduler's provider for apps that are not .NET. */
const schedulerBundle = '[4.32.0, 5.0.0)';

/** What names the scheduler; the deployment gives both settings. */
const schedulerHub = {
  hubName: '%TASKHUB_NAME%',
  storageProvider: {
    type: 'azureManaged',
    connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
  },
};

/** host.json as it is for storage; for the scheduler with the hub exchanged, and all else as it is. */
export function hostJson(root: string, backend: Backend): Uint8Array {
  if (backend === 'storage') return readHostJson(root);
  const host = readJson(root, 'host.json', hostSchema);
  const changed = {
    ...host,
    extensionBundle: { ...host.extensionBundle, version: schedulerBundle },
    extensions: {
      ...host.extensions,
      durableTask: { ...host.extensions.durableTask, ...schedulerHub },
    },
  };
  return Buffer.from(`${JSON.stringify(changed, undefined, 2)}\n`);
}

function readHostJson(root: string): Uint8Array {
  try {
    return readFileSync(join(root, 'host.json'));
  } catch (error) {
    throw new PackageError(`host.json cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}
