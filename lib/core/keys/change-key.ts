import { SluiceError } from '../errors.ts';
import type { KeyRecord, KeyStore } from './key-record.ts';

const triesMax = 5;

/**
 * Reads the key, lets `change` decide, and writes it with the etag it was read at; when somebody else
 * was faster it reads and decides again. `change` returns undefined when nothing is to be done.
 * A key of another tenant is `not_found` like a missing one. Returns the key as it then stands.
 */
export async function changeKey(
  keys: Pick<KeyStore, 'find' | 'update'>,
  tenantId: string,
  keyId: string,
  change: (record: KeyRecord) => KeyRecord | undefined | Promise<KeyRecord | undefined>,
): Promise<KeyRecord> {
  for (let tries = 1; ; tries++) {
    const stored = await keys.find(keyId);
    if (stored?.value.tenantId !== tenantId) throw missing();
    const changed = await change(stored.value);
    if (changed === undefined) return stored.value;
    try {
      await keys.update(changed, stored.etag);
      return changed;
    } catch (error) {
      const lostRace = error instanceof SluiceError && error.code === 'changed_meanwhile';
      if (!lostRace || tries === triesMax) throw error;
    }
  }
}

function missing(): SluiceError {
  return new SluiceError('not_found', { message: 'There is no key with this id.' });
}
