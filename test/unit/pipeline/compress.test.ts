import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { createInflateRaw, gunzipSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { gunzipSync as fflateGunzip } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { Compression } from '../../../lib/core/exports/export-record.ts';
import { createCompressor } from '../../../lib/pipeline/compress.ts';

const mebibyte = 1024 * 1024;

/** Half text, half noise, so that it shrinks but not to nothing. */
const sample = Buffer.from(
  Array.from({ length: 60_000 }, (_, row) => {
    const noise = row % 2 === 0 ? randomBytes(16).toString('hex') : '';
    return `${row},"name of ${row % 97}",2026-11-20T10:00:00Z,${noise}\n`;
  }).join(''),
);
const sampleOf = (bytes: number) =>
  Buffer.concat(Array.from({ length: Math.ceil(bytes / sample.length) }, () => sample)).subarray(
    0,
    bytes,
  );

async function compress(
  compression: Compression,
  slices: readonly Uint8Array[],
  level = 1,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const compressor = createCompressor(compression, level, async (bytes) => {
    pieces.push(Buffer.from(bytes));
  });
  for (const slice of slices) {
    const reused = Buffer.from(slice);
    await compressor.write(reused);
    reused.fill(0xaa);
  }
  await compressor.end();
  return Buffer.concat(pieces);
}

const sizes = [0, 1, mebibyte - 1, mebibyte, mebibyte + 1, 5 * mebibyte + 12_345];

describe('gzip', () => {
  test.each(sizes)('%i bytes come back from two readers', async (size) => {
    const input = sampleOf(size);
    const stored = await compress('gzip', [input]);
    expect(gunzipSync(stored).equals(input)).toBe(true);
    expect(Buffer.from(fflateGunzip(stored)).equals(input)).toBe(true);
  });

  test.each(sizes)('%i bytes are one member that fills the file', async (size) => {
    const stored = await compress('gzip', [sampleOf(size)]);
    expect(await deflateBytesOf(stored.subarray(10))).toBe(stored.length - 10 - 8);
  });

  test.runIf(canRun('gzip', ['--version']))('gzip -t accepts it', async () => {
    const stored = await compress('gzip', [sampleOf(3 * mebibyte)]);
    const { status, stderr } = spawnSync('gzip', ['-t'], { input: stored });
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
  });

  test.runIf(canRun('python3', ['--version']))('Python reads it', async () => {
    const input = sampleOf(3 * mebibyte);
    const program =
      'import gzip,sys; sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))';
    const { stdout } = spawnSync('python3', ['-c', program], {
      input: await compress('gzip', [input]),
      maxBuffer: 8 * mebibyte,
    });
    expect(stdout.equals(input)).toBe(true);
  });

  test('holds no time, no name and no system', async () => {
    expect((await compress('gzip', [sampleOf(10)])).subarray(0, 10).toString('hex')).toBe(
      '1f8b08000000000004ff',
    );
  });

  test('a higher level makes a smaller file with the same content', async () => {
    const input = sampleOf(2 * mebibyte);
    const [fast, small] = [await compress('gzip', [input], 1), await compress('gzip', [input], 9)];
    expect(small.length).toBeLessThan(fast.length);
    expect(gunzipSync(small).equals(input)).toBe(true);
  });
});

describe('zstd', () => {
  test.each(sizes)('%i bytes come back', async (size) => {
    const input = sampleOf(size);
    expect(zstdDecompressSync(await compress('zstd', [input])).equals(input)).toBe(true);
  });

  test('a damaged file is noticed by its checksum', async () => {
    const stored = await compress('zstd', [sampleOf(1000)]);
    stored.writeUInt32LE((stored.readUInt32LE(stored.length - 4) ^ 1) >>> 0, stored.length - 4);
    expect(() => zstdDecompressSync(stored)).toThrow();
  });
});

describe('every compression', () => {
  test.each(['gzip', 'zstd', 'none'] as const)(
    '%s gives the same bytes however the input is sliced',
    async (compression) => {
      const input = sampleOf(2 * mebibyte + 777);
      const whole = await compress(compression, [input]);
      const cuts = fc.array(fc.integer({ min: 0, max: input.length }), { maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(cuts, async (given) => {
          const at = [0, ...given.toSorted((a, b) => a - b), input.length];
          const slices = at.slice(1).map((end, index) => input.subarray(at[index], end));
          expect((await compress(compression, slices)).equals(whole)).toBe(true);
        }),
        { numRuns: 12 },
      );
    },
  );

  test('none stores the bytes as they are', async () => {
    const input = sampleOf(12_345);
    expect((await compress('none', [input])).equals(input)).toBe(true);
  });

  test.each(['gzip', 'zstd'] as const)('%s lets go in the middle', async (compression) => {
    const emitted: number[] = [];
    const compressor = createCompressor(compression, 1, async (bytes) => {
      emitted.push(bytes.length);
    });
    await compressor.write(sampleOf(3 * mebibyte));
    await compressor.abandon();
    const before = emitted.length;
    await new Promise(setImmediate);
    expect(emitted.length).toBe(before);
  });
});

/** How many bytes the deflate stream at the beginning takes. */
async function deflateBytesOf(bytes: Uint8Array): Promise<number> {
  const inflate = createInflateRaw();
  inflate.end(bytes);
  await buffer(inflate);
  return inflate.bytesWritten;
}

function canRun(command: string, args: readonly string[]): boolean {
  return spawnSync(command, [...args]).status === 0;
}
