import { describe, expect, test } from 'vitest';
import { compareVersions } from '../../lib/local-host/durable/compare-versions.ts';

describe('versions compare as in System.Version, and as text where one is none', () => {
  // What .NET 10 answers; the sign only.
  test.each([
    ['1.0', '1.0', 0],
    ['1.9', '1.10', -1],
    ['9.0', '10.0', -1],
    ['1.0', '1.0.0', -1],
    ['1.0.0', '1.0.0.0', -1],
    ['2.0', '1.0.0.0', 1],
    [' 1.0 ', '1.0', 0],
    ['+1.0', '01.0', 0],
    ['1', '1', 0],
    ['9', '10', 1],
    ['2', '10', 1],
    ['1', '1.0', -1],
    ['10', '9.0', -1],
    ['v1', 'V1', 0],
    ['v2', 'v10', 1],
    ['2025-01-01', '2025-10-23', -1],
    ['1.0-beta', '1.0', 1],
    ['1.', '1.0', -1],
    ['1.2147483647', '1.2147483648', -1],
    ['1.0.0.0.0', '1.0.0.0', 1],
    [null, '1.0', -1],
    ['', '1.0', -1],
    ['1.0', null, 1],
    [null, '', 0],
    [' ', null, 0],
  ] as const)('%j and %j: %i', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
  });
});
