import { asSluiceError } from '../errors.ts';
import type { Stored } from '../stored.ts';

export interface RowAccess<T> {
  find(): Promise<Stored<T> | undefined>;
  update(value: T, etag: string): Promise<void>;
}

/**
 * Writes `change(value)`. If somebody else was quicker, reads once more and changes that; a second
 * `changed_meanwhile` is thrown. A change that returns the very value it got writes nothing.
 * Returns what the row holds now, undefined when it is gone.
 */
export async function changeStored<T>(
  row: RowAccess<T>,
  stored: Stored<T>,
  change: (value: T) => T,
): Promise<T | undefined> {
  try {
    return await writeChange(row, stored, change);
  } catch (error) {
    if (!lostRace(error)) throw error;
    const fresh = await row.find();
    return fresh === undefined ? undefined : await writeChange(row, fresh, change);
  }
}

async function writeChange<T>(
  row: RowAccess<T>,
  { value, etag }: Stored<T>,
  change: (value: T) => T,
): Promise<T> {
  const changed = change(value);
  if (changed !== value) await row.update(changed, etag);
  return changed;
}

/** A row that was deleted meanwhile is a lost race too. */
function lostRace(error: unknown): boolean {
  const { code } = asSluiceError(error);
  return code === 'changed_meanwhile' || code === 'not_found';
}
