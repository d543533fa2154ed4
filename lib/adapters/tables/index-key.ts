/** A number as text that sorts like the number, up to 999,999. */
export function indexKey(index: number): string {
  if (!Number.isInteger(index) || index < 0 || index > 999_999) {
    throw new RangeError('An index in a key is a whole number from 0 to 999,999.');
  }
  return String(index).padStart(6, '0');
}
