import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const child = fileURLToPath(new URL('./memory-child.ts', import.meta.url));

test('3,000,000 rows (half a gigabyte) pass through a heap of 64 MiB, and memory stays flat', async () => {
  const { stdout } = await run(process.execPath, ['--max-old-space-size=64', child, '3000000']);
  const { totals, tookMib, grewAfterFirstThirdMib } = JSON.parse(stdout);
  expect({ parts: totals.parts, rows: totals.rows }).toEqual({ parts: 3, rows: 3_000_000 });
  expect(totals.uncompressedBytes).toBeGreaterThan(400 * 1024 * 1024);
  // 40 MiB of blocks, the rest is chunks and what the garbage collector leaves lying about.
  expect(tookMib).toBeLessThan(80);
  expect(grewAfterFirstThirdMib).toBeLessThan(16);
}, 60_000);
