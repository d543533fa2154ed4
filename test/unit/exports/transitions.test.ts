import { expect, test } from 'vitest';
import { canMove, exportStatuses, requireMove } from '../../../lib/core/exports/transitions.ts';

test('only the moves of the design are permitted', () => {
  const moves = exportStatuses.flatMap((from) =>
    exportStatuses.filter((to) => canMove(from, to)).map((to) => `${from} → ${to}`),
  );
  expect(moves).toEqual([
    'pending → processing',
    'pending → failed',
    'pending → cancelled',
    'processing → ready',
    'processing → partially_ready',
    'processing → failed',
    'processing → cancelled',
    'ready → expired',
    'partially_ready → processing',
    'partially_ready → expired',
    'failed → processing',
    'failed → expired',
    'cancelled → expired',
  ]);
});

test('a forbidden move is refused with the states in the text', () => {
  expect(() => requireMove('expired', 'ready')).toThrow(
    expect.objectContaining({ code: 'invalid_state', message: expect.stringContaining('expired') }),
  );
});
