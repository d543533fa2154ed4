import type { Clock } from '../../core/clock.ts';
import type { KeyPlace, KeySource } from '../../core/identity/key-source.ts';
import type { LookupAll } from './get-json.ts';
import { ProviderKeys } from './provider-keys.ts';
import { readKeySet } from './read-key-set.ts';

/** Issuers are few, because the operator names each of them. The oldest goes first. */
const providersMax = 1_000;

export interface RemoteKeysOptions {
  readonly clock: Clock;
  /** Lets this machine be a provider, by http too. For development only. */
  readonly allowLoopback: boolean;
  /** For tests; absent: the system's. */
  readonly lookup?: LookupAll;
}

/** Keys from the providers' own addresses; one per process, so that they are read once. */
export function createRemoteKeys({ clock, ...options }: RemoteKeysOptions): KeySource {
  const providers = new Map<string, ProviderKeys>();
  const add = (id: string, place: KeyPlace): ProviderKeys => {
    const read = (timeoutMs: number) => readKeySet(place, options, AbortSignal.timeout(timeoutMs));
    const made = new ProviderKeys(read, clock);
    providers.set(id, made);
    const [oldest] = providers.keys();
    if (providers.size > providersMax && oldest !== undefined) providers.delete(oldest);
    return made;
  };
  return {
    async find(place, header) {
      const id = JSON.stringify([place.issuer, place.jwksUri, place.publicOnly]);
      return (providers.get(id) ?? add(id, place)).find(header);
    },
  };
}
