import { expect, test } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import type { Stored } from '../../../lib/core/stored.ts';
import { changeStored } from '../../../lib/core/webhooks/change-stored.ts';

/** A row that others change under our hands as often as told. */
function contestedRow(others: readonly (number | 'removed')[]) {
  const pending = [...others];
  const written: number[] = [];
  let current: Stored<number> | undefined = { value: 1, etag: '1' };
  return {
    written,
    first: { value: 1, etag: '1' },
    find: async () => current,
    update: async (value: number, etag: string) => {
      const other = pending.shift();
      if (other === 'removed') current = undefined;
      else if (other !== undefined) current = { value: other, etag: String(other) };
      if (current?.etag !== etag) throw new SluiceError('changed_meanwhile');
      written.push(value);
    },
  };
}

const plusOne = (value: number): number => value + 1;

test('a change is made from the row as it is after a lost race', async () => {
  const row = contestedRow([41]);
  expect(await changeStored(row, row.first, plusOne)).toBe(42);
  expect(row.written).toEqual([42]);
});

test('a second lost race is thrown as passing', async () => {
  const row = contestedRow([41, 51]);
  await expect(changeStored(row, row.first, plusOne)).rejects.toMatchObject({
    code: 'changed_meanwhile',
  });
  expect(row.written).toEqual([]);
});

test('a row that is removed meanwhile is not written', async () => {
  const row = contestedRow(['removed']);
  expect(await changeStored(row, row.first, plusOne)).toBeUndefined();
  expect(row.written).toEqual([]);
});

test('no change writes nothing', async () => {
  const row = contestedRow([]);
  expect(await changeStored(row, row.first, (value) => value)).toBe(1);
  expect(row.written).toEqual([]);
});

test('other trouble is thrown at once', async () => {
  const trouble = new SluiceError('storage_unavailable');
  const row = { ...contestedRow([]), update: () => Promise.reject(trouble) };
  await expect(changeStored(row, row.first, plusOne)).rejects.toBe(trouble);
});
