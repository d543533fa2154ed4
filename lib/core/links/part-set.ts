import type { PartPlace } from '../exports/stores.ts';

/** A set of part files: for each table index a number in hex whose bits are its parts. */
export type PartSet = Readonly<Record<string, string>>;

type Place = Pick<PartPlace, 'tableIndex' | 'partIndex'>;

/** The set with these parts in it; the very same when all were there. */
export function withParts(set: PartSet, places: readonly Place[]): PartSet {
  const grown: Record<string, string> = { ...set };
  for (const [tableIndex, ofTable] of Map.groupBy(places, (place) => place.tableIndex)) {
    const bits = ofTable.reduce((sum, place) => sum | bitOf(place), bitsOf(set, tableIndex));
    grown[tableIndex] = bits.toString(16);
  }
  return sizeOf(grown) === sizeOf(set) ? set : grown;
}

/** How many parts are in it. */
export function sizeOf(set: PartSet): number {
  return Object.values(set).reduce((sum, hex) => sum + onesIn(hex), 0);
}

function bitsOf(set: PartSet, tableIndex: number): bigint {
  return BigInt(`0x${set[tableIndex] ?? '0'}`);
}

function bitOf({ partIndex }: Place): bigint {
  return 1n << BigInt(partIndex);
}

function onesIn(hex: string): number {
  const digits = Array.from(hex, (digit) => Number.parseInt(digit, 16));
  return digits.reduce((sum, digit) => sum + (onesOfDigit[digit] ?? 0), 0);
}

const onesOfDigit: readonly number[] = [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4];
