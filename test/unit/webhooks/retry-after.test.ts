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
  ['Friday, 20-Nov-26 10:02:00 GMT', 120],
  ['Friday, 20-Nov-76 10:02:00 GMT', 2_592_000],
  ['Sunday, 20-Nov-77 10:02:00 GMT', 0],
  ['Fri Nov 20 10:02:00 2026', 120],
  ['Tue Dec  1 10:00:00 2026', 950_400],
  ['Fri Nov  0 10:00:00 2026', undefined],
  ['Wed, 31 Jun 2027 10:00:00 GMT', undefined],
  ['Fri, 20 Nov 2026 24:00:00 GMT', undefined],
  ['Fri, 20 Nov 2026 10:02:60 GMT', 179],
  ['Friday, 20-Nov-2026 10:02:00 GMT', undefined],
  ['Fri, 20 Nov 2026 10:02:00 CET', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['tomorrow', undefined],
  ['2026-11-20', undefined],
  ['', undefined],
])('Retry-After %j asks for %j seconds', (header, seconds) => {
  expect(retryAfterSeconds(header, now)).toBe(seconds);
});
