import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CopyReader,
  type CopyReaderOptions,
} from '../../../lib/adapters/sources/postgres/copy-reader.ts';
import { CopyTap, installCopyTap } from '../../../lib/adapters/sources/postgres/copy-tap.ts';
import { RecordBuffer } from '../../../lib/adapters/sources/postgres/record-buffer.ts';
import { SluiceError } from '../../../lib/core/errors.ts';

const seed = Number(process.env['SLUICE_TEST_SEED'] ?? Date.now() % 1_000_000);

/** A message of PostgreSQL's protocol: one byte of kind, four of length, the body. */
function message(kind: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind, 0, 'latin1');
  head.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? bytes.length;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

function takeAll(buffer: RecordBuffer, rowsMax: number, into: Buffer[]): number {
  let rows = 0;
  for (let batch = buffer.take(rowsMax); batch; batch = buffer.take(rowsMax)) {
    expect(batch.rows).toBeLessThanOrEqual(rowsMax);
    into.push(Buffer.from(batch.bytes));
    rows += batch.rows;
  }
  return rows;
}

describe('the tap on the wire', () => {
  test('parts records from messages, however the bytes are cut, and loses none of either', () => {
    const record = fc
      .uint8Array({ minLength: 0, maxLength: 90 })
      .map((bytes) => message('d', Buffer.from(bytes)));
    const other = fc.uint8Array({ maxLength: 20 }).map((bytes) => message('N', Buffer.from(bytes)));
    const wire = fc.array(
      fc.oneof({ weight: 5, arbitrary: record }, { weight: 1, arbitrary: other }),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        wire,
        sizes,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (messages, cuts, rowsMax, eager) => {
          const forwarded: Buffer[] = [];
          const taken: Buffer[] = [];
          // Pieces far smaller than some records, so that every way through the buffer is taken.
          const buffer = new RecordBuffer(64);
          const tap = new CopyTap((bytes) => forwarded.push(Buffer.from(bytes)));
          tap.sink = {
            add: buffer.add.bind(buffer),
            open: buffer.open.bind(buffer),
            append: buffer.append.bind(buffer),
            endChunk: () => {},
          };
          let rows = 0;
          for (const chunk of cut(Buffer.concat(messages), cuts)) {
            tap.push(chunk);
            if (eager) rows += takeAll(buffer, rowsMax, taken);
          }
          rows += takeAll(buffer, rowsMax, taken);
          const records = messages.filter((each) => each[0] === 0x64);
          const others = messages.filter((each) => each[0] !== 0x64);
          expect(Buffer.concat(taken)).toEqual(
            Buffer.concat(records.map((each) => each.subarray(5))),
          );
          expect(Buffer.concat(forwarded)).toEqual(Buffer.concat(others));
          expect([rows, buffer.recordsAdded, buffer.waitingBytes]).toEqual([
            records.length,
            records.length,
            0,
          ]);
        },
      ),
      { seed, numRuns: 500 },
    );
  });

  test('keeps a batch as it is until the next read, whatever arrives meanwhile', () => {
    const buffer = new RecordBuffer(16);
    buffer.add(Buffer.from('first\n'), 0, 6);
    const batch = buffer.take(1);
    for (let index = 0; index < 10; index += 1) buffer.add(Buffer.from('other\n'), 0, 6);
    expect(Buffer.from(batch?.bytes ?? []).toString()).toBe('first\n');
  });

  test('gives everything to pg while nobody copies', () => {
    const forwarded: Buffer[] = [];
    const tap = new CopyTap((bytes) => forwarded.push(Buffer.from(bytes)));
    const bytes = Buffer.concat([message('d', Buffer.from('x')), message('Z', Buffer.from('I'))]);
    for (const chunk of cut(bytes, [3])) tap.push(chunk);
    expect(Buffer.concat(forwarded)).toEqual(bytes);
  });

  test('says so when pg listens otherwise than it is known to', () => {
    expect(() => installCopyTap(new PassThrough())).toThrow(TypeError);
  });
});

describe('the reader of a copy', () => {
  function reader(options: Partial<CopyReaderOptions> = {}) {
    return new CopyReader({
      sql: 'copy',
      table: 'orders',
      isMarked: false,
      silence: { checkMs: 1_000, isLost: async () => true },
      translate: () => new SluiceError('query_failed'),
      onEnd: () => {},
      ...options,
    });
  }

  /** What a marked copy of these records gives, cut into chunks of so many bytes. */
  async function readMarked(records: readonly string[], chunkBytes: number) {
    const copy = reader({ isMarked: true });
    const tap = new CopyTap(() => {});
    tap.sink = copy;
    const wire = Buffer.concat(records.map((record) => message('d', Buffer.from(record))));
    for (const chunk of cut(wire, [chunkBytes])) tap.push(chunk);
    copy.handleCommandComplete({ text: `COPY ${records.length}` });
    copy.handleReadyForQuery();
    let text = '';
    for (let batch = await copy.read(10); batch; batch = await copy.read(10)) {
      text += Buffer.from(batch.bytes).toString();
    }
    return text;
  }

  test('K3 takes the mark of the tenant off each record, however the bytes are cut', async () => {
    const records = ['t,1,acme\n', 't,\n', 't,t\n', `t,${'x'.repeat(100)}\n`];
    for (let chunkBytes = 1; chunkBytes < 140; chunkBytes += 1) {
      const text = await readMarked(records, chunkBytes);
      expect(text).toBe(records.map((record) => record.slice(2)).join(''));
    }
  });

  test('K3 fails at the first record that is not marked as the tenant’s', async () => {
    for (const foreign of ['f,2,globex\n', ',3,\n', 'tt,4\n', '"t",5\n', '\n', 't\n', '']) {
      for (let chunkBytes = 1; chunkBytes < 30; chunkBytes += 1) {
        await expect(readMarked(['t,1\n', foreign], chunkBytes)).rejects.toMatchObject({
          code: 'isolation_broken',
          message: expect.stringContaining('"orders"'),
        });
      }
    }
  });

  test('X1 fails with `count_mismatch` when fewer rows arrived than the server says it sent', async () => {
    const copy = reader();
    copy.add(Buffer.from('1\n'), 0, 2);
    copy.handleCommandComplete({ text: 'COPY 2' });
    copy.handleReadyForQuery();
    expect((await copy.read(10))?.rows).toBe(1);
    await expect(copy.read(10)).rejects.toMatchObject({ code: 'count_mismatch' });
    await expect(copy.read(10)).rejects.toMatchObject({ code: 'count_mismatch' });
  });

  test('X1 fails when the server never says how many rows it sent', async () => {
    const copy = reader();
    copy.handleReadyForQuery();
    await expect(copy.read(10)).rejects.toMatchObject({ code: 'count_mismatch' });
  });

  test('fails with `connection_lost` when the server goes silent', async () => {
    const copy = reader({ silence: { checkMs: 10, isLost: async () => true } });
    await expect(copy.read(1)).rejects.toMatchObject({ code: 'connection_lost' });
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses %s as a number of rows', async (rowsMax) => {
    await expect(reader().read(rowsMax)).rejects.toThrow(TypeError);
  });
});
