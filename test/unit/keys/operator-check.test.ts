import { randomBytes, timingSafeEqual } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { createOperatorCheck } from '../../../lib/core/keys/operator-check.ts';
import { memorySecrets } from '../sealing/memory.ts';

vi.mock(import('node:crypto'), async (importOriginal) => {
  const original = await importOriginal();
  return { ...original, timingSafeEqual: vi.fn(original.timingSafeEqual) };
});

describe("the operator's key", () => {
  const operatorKey = randomBytes(32).toString('base64url');
  const check = createOperatorCheck({
    secrets: memorySecrets({ 'sluice-operator-key': operatorKey }),
  });

  test('makes an operator, and nothing else does', async () => {
    expect(await check(operatorKey)).toEqual({ kind: 'operator', scopes: ['operator'] });
    for (const text of ['', 'x', `${operatorKey}x`, operatorKey.slice(1), ` ${operatorKey}`]) {
      expect(await check(text)).toBeUndefined();
    }
  });

  test('S10 is compared by timingSafeEqual over equal lengths, whatever is presented', async () => {
    vi.clearAllMocks();
    await check('x');
    await check('x'.repeat(10_000));
    const compared = vi.mocked(timingSafeEqual).mock.calls;
    expect(compared.map(([left, right]) => [left.byteLength, right.byteLength])).toEqual([
      [64, 64],
      [64, 64],
    ]);
  });

  test('below 32 characters is refused as unsafe, even when it matches', async () => {
    const weak = createOperatorCheck({
      secrets: memorySecrets({ 'sluice-operator-key': 'x'.repeat(31) }),
    });
    await expect(weak('x'.repeat(31))).rejects.toMatchObject({
      code: 'secret_unavailable',
      internal: 'The secret sluice-operator-key must have at least 32 characters.',
    });
  });

  test.each(['\n', ' ', 'ü'])(
    'that ends in %j is told, because no header can carry it',
    async (end) => {
      const odd = createOperatorCheck({
        secrets: memorySecrets({ 'sluice-operator-key': operatorKey + end }),
      });
      await expect(odd(operatorKey)).rejects.toMatchObject({
        code: 'secret_unavailable',
        internal: expect.stringContaining('must be visible ASCII characters'),
      });
    },
  );
});
