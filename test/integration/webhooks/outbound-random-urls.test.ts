import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { tryRandomUrls } from '../../support/random-urls.ts';

test('S18 of 5,000 random URLs none makes us connect to anything', async () => {
  const seed = randomInt(2 ** 31);
  console.info(`random URLs, seed ${seed}`);
  const { lookups } = await tryRandomUrls({ seed, runs: 5000 });
  // Else the rules alone would have refused everything, and the look-up would be untested.
  expect(lookups).toBeGreaterThan(500);
});
