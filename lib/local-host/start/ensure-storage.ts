import { join, relative } from 'node:path';
import { HostError, toError } from '../host-error.ts';
import { type Azurite, defaultAzuritePorts, startAzurite } from './azurite.ts';
import { isAnswering } from './is-answering.ts';

/** How the app's storage is there. */
export type LocalStorage =
  | {
      readonly kind: 'started';
      readonly azurite: Azurite;
      /** It listens where every tool looks for the emulator. */
      readonly isUsual: boolean;
      /** What the settings that name the emulator must say for this one. */
      readonly settings: Readonly<Record<string, string>>;
    }
  /** The settings name real accounts, or an emulator by its address. */
  | { readonly kind: 'not_needed' };

const anyEmulator = 'UseDevelopmentStorage=true';

/**
 * An emulator of this folder's own, with its data in `.sluice/azurite`: on the usual ports, or on free ones where
 * another answers there. That one may be another clone's, whose data nobody wants to share unknowingly.
 */
export async function ensureStorage(
  directory: string,
  values: Readonly<Record<string, string>>,
): Promise<LocalStorage> {
  const names = Object.keys(values).filter((name) => values[name] === anyEmulator);
  if (names.length === 0) return { kind: 'not_needed' };
  const answering = await Promise.all(Object.values(defaultAzuritePorts).map(isAnswering));
  const isUsual = !answering.includes(true);
  const home = join(directory, '.sluice', 'azurite');
  const azurite = await startOrExplain(directory, {
    location: home,
    logFile: join(home, 'azurite.log'),
    ...(isUsual ? { ports: defaultAzuritePorts } : {}),
  });
  const settings = Object.fromEntries(names.map((name) => [name, azurite.connectionString]));
  return { kind: 'started', azurite, isUsual, settings: isUsual ? {} : settings };
}

async function startOrExplain(
  directory: string,
  options: Parameters<typeof startAzurite>[0],
): Promise<Azurite> {
  try {
    return await startAzurite(options);
  } catch (error) {
    const home = relative(directory, options.location);
    throw new HostError(
      `${toError(error).message} When its data is damaged, delete ${home}: tenants, keys and exports made here are lost then.`,
      { cause: error },
    );
  }
}
