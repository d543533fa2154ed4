import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import type { Finding, Probe } from '../../../lib/core/health/check.ts';
import { createChecks } from '../../../lib/core/health/create-checks.ts';
import type { LogFields } from '../../../lib/core/log.ts';

const secondMs = 1_000;

beforeEach(() => vi.useFakeTimers({ now: new Date('2026-03-01T10:00:00.000Z') }));
afterEach(() => vi.useRealTimers());

interface Line {
  readonly message: string;
  readonly error: unknown;
  readonly fields: LogFields | undefined;
}

function world(runs: Readonly<Record<string, Probe['run']>>) {
  const lines: Line[] = [];
  const log = {
    info() {},
    warn() {},
    error: (message: string, error: unknown, fields?: LogFields) =>
      void lines.push({ message, error, fields }),
  };
  const asked: string[] = [];
  const probes = Object.entries(runs).map(([name, run]) => ({
    name,
    required: name !== 'extra',
    run: async () => {
      asked.push(name);
      return run();
    },
  }));
  const problemOf = (error: unknown) =>
    error instanceof SluiceError ? ('unreachable' as const) : ('failed' as const);
  const check = createChecks({ probes, problemOf, clock: () => new Date(), log });
  return { check, lines, asked };
}

const nothing = async () => undefined;
const finding: Finding = {
  problem: 'missing',
  error: new SluiceError('secret_unavailable', { internal: 'The secret a is missing.' }),
  facts: { sources: 'app' },
};

test('each check is told by its name, its weight and its problem, and by nothing else', async () => {
  const { check } = world({
    fine: nothing,
    lacking: async () => finding,
    extra: () => Promise.reject(new SluiceError('storage_unavailable')),
    odd: () => Promise.reject(new Error('canary')),
  });
  expect(await check()).toEqual([
    { name: 'fine', required: true, ok: true },
    { name: 'lacking', required: true, ok: false, problem: 'missing' },
    { name: 'extra', required: false, ok: false, problem: 'unreachable' },
    { name: 'odd', required: true, ok: false, problem: 'failed' },
  ]);
});

test('who says nothing for five seconds is unreachable, and holds up nobody else', async () => {
  const { check, lines } = world({ fine: nothing, mute: () => new Promise(() => {}) });
  const answer = check();
  let isThere = false;
  void answer.then(() => {
    isThere = true;
  });
  await vi.advanceTimersByTimeAsync(5 * secondMs - 1);
  expect(isThere).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toEqual([
    { name: 'fine', required: true, ok: true },
    { name: 'mute', required: true, ok: false, problem: 'unreachable' },
  ]);
  expect(lines.map(({ error }) => error)).toMatchObject([
    { internal: 'mute did not answer in 5000 ms.' },
  ]);
});

test('a failure that comes after its time harms nobody', async () => {
  const { check } = world({
    late: async () => {
      await new Promise((resolve) => setTimeout(resolve, 6 * secondMs));
      throw new Error('too late');
    },
  });
  const answer = check();
  await vi.advanceTimersByTimeAsync(7 * secondMs);
  expect(await answer).toMatchObject([{ problem: 'unreachable' }]);
});

test('a hundred callers at once, and all within two seconds, cost one look', async () => {
  const { check, asked } = world({ fine: nothing });
  await Promise.all(Array.from({ length: 100 }, () => check()));
  await vi.advanceTimersByTimeAsync(2 * secondMs);
  await check();
  expect(asked).toEqual(['fine']);
  await vi.advanceTimersByTimeAsync(1);
  await check();
  expect(asked).toEqual(['fine', 'fine']);
});

test('the log says what the answer does not, once a minute and at once when it changes', async () => {
  let found: Finding | undefined = finding;
  const { check, lines } = world({ extra: async () => found });
  const pass = async (seconds: number) => {
    await vi.advanceTimersByTimeAsync(seconds * secondMs);
    await check();
  };
  await check();
  expect(lines).toEqual([
    {
      message: 'readiness check failed',
      error: finding.error,
      fields: { check: 'extra', problem: 'missing', required: false, sources: 'app' },
    },
  ]);
  await pass(3);
  await pass(56);
  expect(lines).toHaveLength(1);
  found = { ...finding, problem: 'malformed' };
  await pass(3);
  expect(lines).toHaveLength(2);
  found = finding;
  await pass(3);
  expect(lines.map(({ fields }) => fields?.['problem'])).toEqual([
    'missing',
    'malformed',
    'missing',
  ]);
  found = undefined;
  await pass(70);
  expect(lines).toHaveLength(3);
});
