import { SluiceError } from '../../core/errors.ts';

/** Where an entity is, in the words of the stores; escaping is done below them. */
export interface EntityKey {
  readonly partition: string;
  readonly row: string;
}

/** Table Storage takes 1,024 characters; half of it leaves room for what a URL makes of them. */
const keyLengthMax = 512;

/**
 * A text as it may stand in a key: Table Storage refuses slashes, `#`, `?` and control characters,
 * and `%` is troublesome. Ids of Sluice stay as they are, so their order stays too.
 */
export function escapeKey(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_.-]/g, (character) => `!${hex(character)}`);
}

/** The reverse. */
export function unescapeKey(escaped: string): string {
  return escaped.replaceAll(/!([0-9a-f]{4})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** False for a key that is too long; nothing can be stored under it. */
export function fitsKey({ partition, row }: EntityKey): boolean {
  return [partition, row].every((text) => escapeKey(text).length <= keyLengthMax);
}

/** The two keys as Table Storage takes them. Throws `internal_error` when they are too long. */
export function storedKey(key: EntityKey): { partitionKey: string; rowKey: string } {
  if (!fitsKey(key)) {
    throw new SluiceError('internal_error', {
      internal: `A key of Table Storage has at most ${keyLengthMax} characters.`,
    });
  }
  return { partitionKey: escapeKey(key.partition), rowKey: escapeKey(key.row) };
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0');
}
