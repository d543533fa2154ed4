import { isUtf8 } from 'node:buffer';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

/** How the file keeps its texts. */
export type TextEncoding = 'UTF-8' | 'UTF-16le' | 'UTF-16be';

/** Functions for SQL that see a text's bytes, which node:sqlite itself would decode and mend. */
export function addTextFunctions(database: DatabaseSync, encoding: TextEncoding): void {
  const isText = encoding === 'UTF-8' ? isUtf8 : (bytes: Uint8Array) => isUtf16(bytes, encoding);
  const options = { deterministic: true, directOnly: true, useBigIntArguments: true };
  database.function('sluice_is_text', options, (bytes: SQLOutputValue) =>
    bytes instanceof Uint8Array && !isText(bytes) ? 0 : 1,
  );
  database.function('sluice_latin1', options, (bytes: SQLOutputValue) =>
    bytes instanceof Uint8Array ? Buffer.from(bytes).toString('latin1') : bytes,
  );
}

/** True for an even number of bytes without half a surrogate pair. */
function isUtf16(bytes: Uint8Array, encoding: TextEncoding): boolean {
  if (bytes.length % 2 !== 0) return false;
  const copy = Buffer.from(bytes);
  const units = encoding === 'UTF-16be' ? copy.swap16() : copy;
  return units.toString('utf16le').isWellFormed();
}
