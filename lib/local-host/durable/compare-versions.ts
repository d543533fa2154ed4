const numberMax = 2_147_483_647;

/**
 * Below 0 when `a` is older than `b`, 0 when they are equal, above 0 when `a` is newer, as DurableTask.Core compares
 * them: two to four numbers with dots between as numbers, anything else as text without regard to case, so that
 * "10" is older than "9". No version at all is older than any, and a part that is missing is older than 0.
 */
export function compareVersions(a: string | null, b: string | null): number {
  const [left, right] = [(a ?? '').trim(), (b ?? '').trim()];
  if (left === '' || right === '') return Number(left !== '') - Number(right !== '');
  const [leftNumbers, rightNumbers] = [numbersOf(left), numbersOf(right)];
  if (leftNumbers === undefined || rightNumbers === undefined) {
    return compareText(a ?? '', b ?? '');
  }
  const at = leftNumbers.findIndex((number, index) => number !== rightNumbers[index]);
  return at < 0 ? 0 : (leftNumbers[at] ?? 0) - (rightNumbers[at] ?? 0);
}

/** The four parts of a System.Version; undefined for anything else. */
function numbersOf(version: string): readonly number[] | undefined {
  const parts = version.split('.');
  if (parts.length < 2 || parts.length > 4) return undefined;
  const numbers = parts.map((part) => (/^\s*\+?\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  if (!numbers.every((number) => number <= numberMax)) return undefined;
  return [...numbers, -1, -1].slice(0, 4);
}

function compareText(a: string, b: string): number {
  const [left, right] = [a.toUpperCase(), b.toUpperCase()];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
