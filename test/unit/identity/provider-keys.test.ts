import type { JWSHeaderParameters, LocalJWKSet } from 'jose';
import { describe, expect, test } from 'vitest';
import { ProviderKeys } from '../../../lib/adapters/identity/provider-keys.ts';
import { keySetOf, newTokenKey } from '../../support/token-issuer.ts';
import { now } from './world.ts';

const minuteMs = 60_000;
const old = await newTokenKey('old');
const fresh = await newTokenKey('new');
const byOld: JWSHeaderParameters = { alg: 'RS256', kid: 'old' };
const byNew: JWSHeaderParameters = { alg: 'RS256', kid: 'new' };

/** A provider whose answer the test chooses, and a clock that the test turns. */
function world(first: LocalJWKSet | Error) {
  const state = { answer: first, reads: [] as number[], ms: now.getTime() };
  const read = async (timeoutMs: number) => {
    state.reads.push(timeoutMs);
    if (state.answer instanceof Error) throw state.answer;
    return state.answer;
  };
  const keys = new ProviderKeys(read, () => new Date(state.ms));
  const find = async (header: JWSHeaderParameters) =>
    keys.find(header).then(
      (key) => (key === undefined ? 'no such key' : 'found'),
      ({ code }) => String(code),
    );
  return { state, find, pass: (ms: number) => (state.ms += ms) };
}

describe('S15 the keys of a provider', () => {
  test('are read once by callers that come together, and kept for ten minutes', async () => {
    const { state, find, pass } = world(keySetOf(old));
    expect(await Promise.all([find(byOld), find(byOld), find(byOld)])).toEqual(
      Array(3).fill('found'),
    );
    pass(10 * minuteMs - 1);
    expect(await find(byOld)).toBe('found');
    expect(state.reads).toEqual([5000]);
    pass(1);
    expect(await find(byOld)).toBe('found');
    expect(state.reads).toEqual([5000, 2000]);
  });

  test('are read again for a new key, at most every 30 seconds', async () => {
    const { state, find, pass } = world(keySetOf(old));
    expect(await find(byOld)).toBe('found');
    pass(29_999);
    state.answer = keySetOf(old, fresh);
    expect([await find(byNew), await find(byNew)]).toEqual(['no such key', 'no such key']);
    expect(state.reads).toHaveLength(1);
    pass(1);
    expect(await find(byNew)).toBe('found');
    expect(await find(byOld)).toBe('found');
    expect(state.reads).toHaveLength(2);
  });

  test('are gone when the provider takes them back, ten minutes later at most', async () => {
    const { state, find, pass } = world(keySetOf(old));
    expect(await find(byOld)).toBe('found');
    state.answer = keySetOf(fresh);
    pass(10 * minuteMs);
    expect([await find(byOld), await find(byNew)]).toEqual(['no such key', 'found']);
  });

  test('go on for an hour while the provider is down, and no longer', async () => {
    const { state, find, pass } = world(keySetOf(old));
    expect(await find(byOld)).toBe('found');
    state.answer = new Error('it answered 500');
    pass(60 * minuteMs - 1);
    expect(await find(byOld)).toBe('found');
    expect(await find(byNew)).toBe('identity_unavailable');
    expect(state.reads).toEqual([5000, 2000]);
    pass(1);
    expect(await find(byOld)).toBe('identity_unavailable');
  });

  test('are refused while nothing is known, and there 5 seconds after the provider is back', async () => {
    const { state, find, pass } = world(new Error('it answered 500'));
    expect([await find(byOld), await find(byOld)]).toEqual([
      'identity_unavailable',
      'identity_unavailable',
    ]);
    expect(state.reads).toHaveLength(1);
    state.answer = keySetOf(old);
    pass(4_999);
    expect(await find(byOld)).toBe('identity_unavailable');
    pass(1);
    expect(await find(byOld)).toBe('found');
  });

  test('are there 30 seconds after an outage at most, new ones too', async () => {
    const { state, find, pass } = world(keySetOf(old));
    expect(await find(byOld)).toBe('found');
    state.answer = new Error('it does not answer');
    pass(30_000);
    expect(await find(byNew)).toBe('identity_unavailable');
    state.answer = keySetOf(fresh);
    pass(30_000);
    expect(await find(byNew)).toBe('found');
  });
});
