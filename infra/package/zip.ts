import { zipSync } from 'fflate';
import type { Files } from './files.ts';

/**
 * Noon of the first day that the format knows. The format keeps local time, and noon exists on that
 * day in every time zone, so the bytes are the same everywhere.
 */
const fixedTime = new Date(1980, 0, 1, 12);
/** A plain file that everybody may read, in the upper half as Unix wants it. */
const attributes = 0o100644 << 16;
const unix = 3;

/** The same bytes for the same files, on any machine: sorted, with a fixed time, mode and effort. */
export function zip(files: Files): Uint8Array {
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(sorted), {
    level: 9,
    mtime: fixedTime,
    os: unix,
    attrs: attributes,
  });
}
