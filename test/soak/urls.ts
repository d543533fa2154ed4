import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { tryRandomUrls } from '../support/random-urls.ts';

/**
 * S18 at length: `node test/soak/urls.ts [--runs 100000] [--seed 1]` posts to random URLs and fails
 * when one of them makes us connect to anything. The seed repeats a run.
 */
const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
const runs = wholeNumber('--runs', values.runs ?? '100000');
const seed = wholeNumber('--seed', values.seed ?? String(randomInt(2 ** 31)));
console.info(`${runs} random URLs, seed ${seed}`);
const startMs = performance.now();
const { lookups } = await tryRandomUrls({ seed, runs });
if (lookups === 0) throw new Error('No name was looked up; the look-up was not tried at all.');
const seconds = Math.round((performance.now() - startMs) / 1000);
console.info(`0 connections, ${lookups} look-ups, ${seconds} s`);

function wholeNumber(name: string, text: string): number {
  if (/^[1-9][0-9]{0,9}$/.test(text)) return Number(text);
  throw new Error(`${name} takes a whole number from 1.`);
}
