import { randomBytes } from 'node:crypto';
import { emulatorAccount } from '../../../lib/adapters/shared/storage-options.ts';
import { createTableStores } from '../../../lib/adapters/tables/table-stores.ts';

/** Letters and digits that no other test has: tables of this prefix are this test's own. */
export function newPrefix(): string {
  return `t${randomBytes(8).toString('hex')}`;
}

/** Stores over tables of their own. */
export function freshStores(connectionString: string, prefix = newPrefix()) {
  return createTableStores(emulatorAccount(connectionString), { prefix });
}

/** Everything that the iterable gives. */
export async function collect<T>(source: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of source) found.push(item);
  return found;
}

/** Runs the work for each number from 0 to count-1, so many at once, and gives the results in order. */
export async function times<T>(
  count: number,
  atOnce: number,
  act: (index: number) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  for (let start = 0; start < count; start += atOnce) {
    const width = Math.min(atOnce, count - start);
    results.push(...(await Promise.all(Array.from({ length: width }, (_, n) => act(start + n)))));
  }
  return results;
}
