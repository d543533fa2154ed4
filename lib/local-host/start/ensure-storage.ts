import { join } from 'node:path';
import { HostError } from '../host-error.ts';
import { type Azurite, defaultAzuritePorts, startAzurite } from './azurite.ts';
import { isAnswering } from './is-answering.ts';

/** How the app's storage is there. */
export type LocalStorage =
  | { readonly kind: 'started'; readonly azurite: Azurite }
  | { readonly kind: 'running' }
  /** The settings name real accounts only. */
  | { readonly kind: 'not_needed' };

/** The emulator on its usual ports: what answers there already, else one of our own in `.sluice/azurite`. */
export async function ensureStorage(
  directory: string,
  values: Readonly<Record<string, string>>,
): Promise<LocalStorage> {
  const isNeeded = Object.values(values).some((value) => value === 'UseDevelopmentStorage=true');
  if (!isNeeded) return { kind: 'not_needed' };
  const ports = Object.values(defaultAzuritePorts);
  const answering = await Promise.all(ports.map(isAnswering));
  if (answering.every((answers) => answers)) return { kind: 'running' };
  const taken = ports.filter((_, index) => answering[index] === true);
  if (taken.length > 0) throw portsTaken(ports, taken);
  const home = join(directory, '.sluice', 'azurite');
  const azurite = await startAzurite({
    location: home,
    logFile: join(home, 'azurite.log'),
    ports: defaultAzuritePorts,
  });
  return { kind: 'started', azurite };
}

function portsTaken(ports: readonly number[], taken: readonly number[]): HostError {
  return new HostError(
    `The storage emulator needs the ports ${ports.join(', ')}, but only ${taken.join(' and ')} answers: ` +
      'a part of an emulator or another program is running there. Stop it and try again.',
  );
}
