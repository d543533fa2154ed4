import type { Submittable } from 'pg';
import { SluiceError } from '../../../core/errors.ts';
import { limits } from '../../../core/limits.ts';
import type { CsvBatch, CsvStream } from '../../../core/sources/source.ts';
import type { RecordSink } from './copy-tap.ts';
import type { RawConnection } from './pg-internals.ts';
import { RecordBuffer } from './record-buffer.ts';
import { guardSilence, type Silence } from './silence.ts';

export interface CopyReaderOptions {
  /** `COPY (…) TO STDOUT (FORMAT csv)`. */
  readonly sql: string;
  /** The table's public name, for errors. */
  readonly table: string;
  /** True when each record begins with the tripwire's mark (`tenantMark`); it is held to it and taken off. */
  readonly isMarked: boolean;
  /** Guards the wait for the server's next word. */
  readonly silence: Silence;
  /** Turns what pg throws into a SluiceError. */
  readonly translate: (error: unknown) => SluiceError;
  /** Called once, when the statement is over, whichever way. */
  readonly onEnd: () => void;
}

/**
 * One COPY on its way: a query in pg's eyes, a sink for the tap, a stream for the caller. At most about
 * 4 MiB wait in memory (more only for a single larger record); beyond that the socket is paused.
 */
export class CopyReader implements Submittable, RecordSink, CsvStream {
  readonly kind = 'csv';
  readonly #options: CopyReaderOptions;
  readonly #buffer = new RecordBuffer();
  #connection: RawConnection | undefined;
  #isPaused = false;
  #rowsSent: number | undefined;
  #isOver = false;
  #isRead = false;
  #error: SluiceError | undefined;
  /** Bytes of the open record's mark that are still to come. */
  #markBytesLeft = 0;
  #wake: () => void = () => {};

  constructor(options: CopyReaderOptions) {
    this.#options = options;
  }

  /** True while the server may have more to say about the statement. */
  get isRunning(): boolean {
    return !this.#isOver;
  }

  /** True until the end, or an error, has been handed out or is about to be. */
  get isOpen(): boolean {
    return !this.#isRead && this.#error === undefined;
  }

  async read(rowsMax: number): Promise<CsvBatch | undefined> {
    if (!Number.isSafeInteger(rowsMax) || rowsMax < 1) {
      throw new TypeError('"rowsMax" must be a whole number of at least 1.');
    }
    // Each round ends in an answer or waits for the next chunk, the end, an error or the time limit.
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      const batch = this.#buffer.take(rowsMax);
      if (batch !== undefined) {
        this.#resumeWhenLow();
        return batch;
      }
      if (this.#isOver) return this.#checkedEnd();
      await this.#nextChange();
    }
  }

  /** Ends the read with this error, unless it has ended before. */
  fail(error: SluiceError): void {
    if (this.isOpen) this.#error = error;
    this.#finish();
  }

  submit(connection: { query(text: string): void }): void {
    connection.query(this.#options.sql);
  }

  /** Says whose socket is paused when memory fills up. */
  attach(connection: RawConnection): void {
    this.#connection = connection;
  }

  add(chunk: Buffer, start: number, end: number): void {
    if (!this.#options.isMarked) this.#buffer.add(chunk, start, end);
    else if (chunk[start] !== markOfOwn || chunk[start + 1] !== comma) this.#trip();
    else this.#buffer.add(chunk, start + markBytes, end);
  }

  open(lengthBytes: number): void {
    if (lengthBytes > recordBytesMax) this.#refuseRecord();
    this.#markBytesLeft = this.#options.isMarked ? markBytes : 0;
    // Without a mark there may be less than one; it trips at the first byte.
    const bodyBytes = Math.max(lengthBytes - this.#markBytesLeft, 1);
    if (this.#error === undefined) this.#buffer.open(bodyBytes);
  }

  append(chunk: Buffer, start: number, end: number): void {
    let at = start;
    for (; this.#markBytesLeft > 0 && at < end; at += 1) {
      const expected = this.#markBytesLeft === markBytes ? markOfOwn : comma;
      if (chunk[at] !== expected) this.#trip();
      this.#markBytesLeft -= 1;
    }
    if (at < end && this.#error === undefined) this.#buffer.append(chunk, at, end);
  }

  endChunk(): void {
    if (this.#buffer.waitingBytes >= waitingBytesHigh && !this.#isPaused) {
      this.#isPaused = true;
      this.#connection?.stream.pause();
    }
    this.#wake();
  }

  // The methods that pg calls on its active query.

  handleCommandComplete(message: { readonly text: string }): void {
    this.#rowsSent = Number(/^COPY (\d+)$/.exec(message.text)?.[1]);
  }

  /** Records that were under way when the read ended come here, past the tap; they are nobody's. */
  handleCopyData(): void {}

  handleReadyForQuery(): void {
    this.#finish();
  }

  handleError(error: unknown): void {
    this.fail(this.#options.translate(error));
  }

  #refuseRecord(): void {
    const message = `A row is larger than ${recordBytesMax / 1024 / 1024} MiB, which is more than can be exported. Leave its large column out, or tell the operator.`;
    this.fail(new SluiceError('row_too_large', { message, internal: message }));
    this.#connection?.stream.destroy();
  }

  #trip(): void {
    const { table } = this.#options;
    this.fail(
      new SluiceError('isolation_broken', {
        message: `The source gave a row of another tenant for the table "${table}". Nothing of it is kept. Tell the operator.`,
        internal:
          `Table ${table}: a row whose tenant column differs from the tenant's id came through the predicate. ` +
          'Look for a damaged index on that column (REINDEX; amcheck tells), or for a view that changes it.',
      }),
    );
    this.#connection?.stream.destroy();
  }

  #finish(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      // What comes next on this socket is for others, who do not know that it is paused.
      if (this.#isPaused) this.#connection?.stream.resume();
      this.#options.onEnd();
    }
    this.#wake();
  }

  #resumeWhenLow(): void {
    if (!this.#isPaused || this.#isOver || this.#buffer.waitingBytes > waitingBytesLow) return;
    this.#isPaused = false;
    this.#connection?.stream.resume();
  }

  #checkedEnd(): undefined {
    this.#isRead = true;
    if (this.#rowsSent === this.#buffer.recordsAdded) return undefined;
    throw new SluiceError('count_mismatch', {
      internal: `The server says it sent ${this.#rowsSent} rows; ${this.#buffer.recordsAdded} arrived.`,
    });
  }

  async #nextChange(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopGuard = guardSilence(this.#options.silence, () => {
      this.fail(new SluiceError('connection_lost', { internal: 'The server went silent.' }));
      this.#connection?.stream.destroy();
    });
    this.#wake = resolve;
    await promise;
    stopGuard();
  }
}

// The mark is a boolean cell: `t`, and the comma after it.
const markOfOwn = 0x74;
const comma = 0x2c;
const markBytes = 2;
const waitingBytesHigh = 4 * 1024 * 1024;
const waitingBytesLow = 1024 * 1024;
const recordBytesMax = limits.rowBytesMax;
