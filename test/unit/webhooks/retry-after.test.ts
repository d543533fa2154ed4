import { expect, test } from 'vitest';
import { retryAfterSeconds } from '../../../lib/adapters/webhooks/retry-after.ts';

const now = new Date('2026-11-20T10:00:00Z');

test.each([
  [undefined, undefined],
  ['0', 0],
  ['120', 120],
  ['999999999999999', 2_592_000],
  ['Fri, 20 Nov 2026 10:02:00 GMT', 120],
  ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
  ['Fri, 20 Nov 2399 09:00:00 GMT', 2_592_000],
  ['Fri, 20 Nov 2026 99:99:99 GMT', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['tomorrow', undefined],
  ['2026-11-20', undefined],
  ['', undefined],
])('Retry-After %j asks for %j seconds', (header, seconds) => {
  expect(retryAfterSeconds(header, now)).toBe(seconds);
});
