import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { blockBytes, uploadsMax } from '../../../lib/pipeline/blocks.ts';
import { partContentType, partFileName } from '../../../lib/pipeline/part-files.ts';
import type { WrittenPart } from '../../../lib/pipeline/part-writer.ts';
import { type WritePartsInput, writeParts } from '../../../lib/pipeline/write-parts.ts';
import { createMemoryTarget } from './memory-target.ts';
import { countingStream, idColumn } from './record-stream.ts';

// Hundreds of MiB go through these tests; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 });

const nameOf = (partIndex: number) => partFileName('orders', partIndex, 'none');

/** Writes uncompressed parts of 10 rows unless the test says otherwise. */
async function write(input: Partial<WritePartsInput>) {
  const parts: WrittenPart[] = [];
  const target = createMemoryTarget();
  const totals = await writeParts({
    stream: countingStream(0, 1),
    columns: [idColumn],
    partRows: 10,
    compression: 'none',
    partName: nameOf,
    open: target.open,
    onPart: async (part) => {
      parts.push(part);
    },
    signal: new AbortController().signal,
    ...input,
  });
  return { totals, parts, target };
}

/** What the files must hold. */
function expectedFiles(rows: number, partRows: number): readonly (readonly [string, string])[] {
  const count = Math.max(1, Math.ceil(rows / partRows));
  return Array.from({ length: count }, (_, part) => {
    const ids = Array.from(
      { length: Math.min(partRows, rows - part * partRows) },
      (_, row) => `${part * partRows + row}\n`,
    );
    return [nameOf(part + 1), `"id"\n${ids.join('')}`] as const;
  });
}

const filesOf = (files: ReadonlyMap<string, Buffer>) =>
  [...files].map(([name, bytes]) => [name, bytes.toString()] as const);

describe('parts', () => {
  test.each([0, 1, 9, 10, 11, 20, 21, 35])(
    'L5 %i rows are cut at exactly 10, each part with the header',
    async (rows) => {
      const { target } = await write({ stream: countingStream(rows, 4) });
      expect(filesOf(target.files)).toEqual(expectedFiles(rows, 10));
    },
  );

  test('L5 the cut does not depend on the batches that the source gives', async () => {
    const cases = fc.record({
      rows: fc.integer({ min: 0, max: 60 }),
      batchRows: fc.integer({ min: 1, max: 25 }),
      partRows: fc.integer({ min: 1, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, batchRows, partRows }) => {
        const target = createMemoryTarget();
        const stream = countingStream(rows, batchRows);
        const { parts } = await write({ stream, partRows, open: target.open });
        expect(filesOf(target.files)).toEqual(expectedFiles(rows, partRows));
        expect(parts.reduce((sum, part) => sum + part.rows, 0)).toBe(rows);
      }),
    );
  });

  test('are told with their rows, sizes and digests, in order, after the commit', async () => {
    const target = createMemoryTarget();
    const seen: boolean[] = [];
    const parts: WrittenPart[] = [];
    const { totals } = await write({
      stream: countingStream(12, 5),
      compression: 'gzip',
      open: target.open,
      onPart: async (part) => {
        seen.push(target.files.has(part.name));
        parts.push(part);
      },
    });
    const files = [...target.files.values()];
    expect(seen).toEqual([true, true]);
    expect(parts).toEqual(
      files.map((bytes, index) => ({
        partIndex: index + 1,
        name: nameOf(index + 1),
        rows: [10, 2][index],
        bytes: bytes.length,
        uncompressedBytes: gunzipSync(bytes).length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      })),
    );
    expect([...target.sha256s.values()]).toEqual(parts.map((part) => part.sha256));
    expect(totals).toEqual({
      parts: 2,
      rows: 12,
      bytes: files.reduce((sum, bytes) => sum + bytes.length, 0),
      uncompressedBytes: files.reduce((sum, bytes) => sum + gunzipSync(bytes).length, 0),
    });
  });

  test('progress counts rows over all parts, before and after each commit', async () => {
    const rows: number[] = [];
    await write({
      stream: countingStream(25, 10),
      onProgress: (progress) => {
        rows.push(progress.rows);
      },
    });
    expect(rows).toEqual([10, 10, 20, 20, 25, 25]);
  });

  test.each([0, 9, 25])('of %i rows end their progress with what was stored', async (count) => {
    const progress: { rows: number; bytes: number }[] = [];
    const { totals } = await write({
      stream: countingStream(count, 4),
      compression: 'gzip',
      onProgress: (now) => {
        progress.push(now);
      },
    });
    expect(progress.at(-1)).toEqual({ rows: count, bytes: totals.bytes });
  });

  test('have five digits and an extension by compression', () => {
    expect([
      partFileName('orders', 1, 'gzip'),
      partFileName('app_usage', 42, 'zstd'),
      partFileName('orders', 12345, 'none'),
    ]).toEqual(['orders-00001.csv.gz', 'app_usage-00042.csv.zst', 'orders-12345.csv']);
    expect((['gzip', 'zstd', 'none'] as const).map(partContentType)).toEqual([
      'application/gzip',
      'application/zstd',
      'text/csv; charset=utf-8',
    ]);
  });

  test.each([0, -1, 1.5, Number.NaN])('of %d rows are a mistake', async (partRows) => {
    await expect(write({ partRows })).rejects.toThrow(TypeError);
  });

  test('a source that gives more rows than asked for is a mistake and nothing is committed', async () => {
    const target = createMemoryTarget();
    const greedy = { bytes: Buffer.from('1\n2\n'), rows: 11 };
    const stream = { kind: 'csv', read: async () => greedy } as const;
    await expect(write({ stream, open: target.open })).rejects.toThrow(TypeError);
    expect(target.files.size).toBe(0);
  });
});

/** Records of 64 KiB, so that a few hundred fill several blocks. */
const wideRecord = (index: number) => `${String(index).padEnd(64 * 1024 - 1, 'x')}\n`;

describe('blocks', () => {
  test('are 8 MiB but the last, at most four on their way, and none is overwritten in flight', async () => {
    const target = createMemoryTarget();
    await write({
      stream: countingStream(1000, 3, wideRecord),
      partRows: 1000,
      open: target.open,
    });
    const expected = ['"id"\n', ...Array.from({ length: 1000 }, (_, index) => wideRecord(index))];
    const file = target.files.get(nameOf(1));
    expect(file?.equals(Buffer.from(expected.join('')))).toBe(true);
    const sizes = target.blockSizes.toSorted((a, b) => b - a);
    expect(sizes.slice(0, -1).every((size) => size === blockBytes)).toBe(true);
    expect(sizes.length).toBe(8);
    expect(target.inFlightMax).toBeLessThanOrEqual(uploadsMax);
  });

  test('a slow storage holds the source back after four uploads and one full buffer', async () => {
    const gate = Promise.withResolvers<void>();
    const target = createMemoryTarget({ onStage: () => gate.promise });
    let read = 0;
    const stream = countingStream(2000, 1, (index) => {
      read = index + 1;
      return wideRecord(index);
    });
    const writing = write({ stream, partRows: 2000, open: target.open });
    const rowsAtRest = await untilStill(() => read);
    expect(rowsAtRest).toBeLessThanOrEqual(((uploadsMax + 1) * blockBytes) / (64 * 1024) + 1);
    expect(target.inFlightNow).toBe(4);
    gate.resolve();
    expect((await writing).totals.rows).toBe(2000);
    expect(target.inFlightMax).toBe(4);
  });
});

/** The value once it has not changed over many turns of the event loop. */
async function untilStill(value: () => number): Promise<number> {
  let last = value();
  for (let still = 0; still < 200; ) {
    await setImmediate();
    still = value() === last ? still + 1 : 0;
    last = value();
  }
  return last;
}

describe('trouble', () => {
  const compressions = ['gzip', 'zstd', 'none'] as const;

  test.each(compressions)(
    '%s: an upload that fails ends it with its error; nothing is committed or under way',
    async (compression) => {
      const trouble = new Error('the storage is down');
      const target = createMemoryTarget({
        onStage: async (blockIndex, signal) => {
          await setImmediate();
          signal.throwIfAborted();
          if (blockIndex === 1) throw trouble;
        },
      });
      const stream = countingStream(3000, 10, (index) => randomRecord(index));
      await expect(write({ stream, compression, partRows: 3000, open: target.open })).rejects.toBe(
        trouble,
      );
      expect({ inFlight: target.inFlightNow, files: target.files.size }).toEqual({
        inFlight: 0,
        files: 0,
      });
    },
  );

  test('the other uploads are aborted when one fails', async () => {
    const trouble = new Error('the storage is down');
    const target = createMemoryTarget({
      onStage: async (blockIndex, signal) => {
        if (blockIndex === 2) throw trouble;
        await rejectionOf(signal);
      },
    });
    const stream = countingStream(1000, 1, wideRecord);
    await expect(write({ stream, partRows: 1000, open: target.open })).rejects.toBe(trouble);
    expect(target.inFlightNow).toBe(0);
  });

  test.each(compressions)(
    '%s: an abort ends it with its reason; nothing is committed or under way',
    async (compression) => {
      const abort = new AbortController();
      const reason = new Error('cancelled by the test');
      const target = createMemoryTarget({ onStage: (_, signal) => rejectionOf(signal) });
      const stream = countingStream(3000, 10, (index) => {
        if (index === 600) abort.abort(reason);
        return randomRecord(index);
      });
      const writing = write({
        stream,
        compression,
        partRows: 3000,
        open: target.open,
        signal: abort.signal,
      });
      await expect(writing).rejects.toBe(reason);
      expect({ inFlight: target.inFlightNow, files: target.files.size }).toEqual({
        inFlight: 0,
        files: 0,
      });
    },
  );

  test('a signal that is aborted already ends it before anything is read', async () => {
    const reason = new Error('too late');
    const read = vi.fn(async () => undefined);
    const signal = AbortSignal.abort(reason);
    await expect(write({ stream: { kind: 'csv', read }, signal })).rejects.toBe(reason);
    expect(read).not.toHaveBeenCalled();
  });

  test('a source that breaks keeps the parts before and not the one it broke in', async () => {
    const target = createMemoryTarget();
    const broken = new Error('connection lost');
    const stream = countingStream(100, 5, (index) => {
      if (index === 25) throw broken;
      return `${index}\n`;
    });
    await expect(write({ stream, open: target.open })).rejects.toBe(broken);
    expect([...target.files.keys()]).toEqual([nameOf(1), nameOf(2)]);
  });

  test('a commit that fails ends it with its error and the part is not told', async () => {
    const trouble = new Error('no commit');
    const told: string[] = [];
    const target = createMemoryTarget({
      onCommit: async () => {
        throw trouble;
      },
    });
    const onPart = async (part: WrittenPart) => void told.push(part.name);
    await expect(write({ stream: countingStream(3, 3), open: target.open, onPart })).rejects.toBe(
      trouble,
    );
    expect(told).toEqual([]);
  });

  test('a record keeper that fails stops before the next part', async () => {
    const trouble = new Error('no row');
    const target = createMemoryTarget();
    const onPart = () => Promise.reject(trouble);
    await expect(write({ stream: countingStream(30, 10), open: target.open, onPart })).rejects.toBe(
      trouble,
    );
    expect([...target.files.keys()]).toEqual([nameOf(1)]);
  });
});

/** 64 KiB that no compression makes smaller than a half. */
function randomRecord(index: number): string {
  const digest = createHash('shake256', { outputLength: 32 * 1024 - 8 }).update(String(index));
  return `${digest.digest('hex')}\n`;
}

async function rejectionOf(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}
