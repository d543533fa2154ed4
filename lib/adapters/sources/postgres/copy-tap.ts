import type { Duplex } from 'node:stream';

/** Takes the payloads of CopyData messages; one message is one record. */
export interface RecordSink {
  /** A whole record, as the bytes from start to end of the chunk. */
  add(chunk: Buffer, start: number, end: number): void;
  /** The beginning of a record of so many bytes, whose bytes follow through `append`. */
  open(lengthBytes: number): void;
  append(chunk: Buffer, start: number, end: number): void;
  /** All of the last chunk is handed over. */
  endChunk(): void;
}

/**
 * Stands between the socket and pg: while a sink is set, CopyData messages go to it in bulk, without an
 * object or an event each; every other message goes to pg untouched, so pg's own state stays right.
 */
export class CopyTap {
  sink: RecordSink | undefined;
  readonly #forward: (bytes: Buffer) => void;
  readonly #header = Buffer.alloc(headerBytes);
  #headerFilled = 0;
  #bodyLeft = 0;
  #bodySink: RecordSink | undefined;

  constructor(forward: (bytes: Buffer) => void) {
    this.#forward = forward;
  }

  /** Takes the next bytes from the socket; they may begin and end anywhere in a message. */
  push(chunk: Buffer): void {
    let at = 0;
    // Every step below takes at least one byte.
    while (at < chunk.length) {
      if (this.#bodyLeft > 0) at = this.#continueBody(chunk, at);
      else if (this.#headerFilled === 0) at = this.#takeWhole(chunk, at);
      else at = this.#fillHeader(chunk, at);
    }
    this.sink?.endChunk();
  }

  /** The records that lie whole in the chunk; stops at the first message that is something else. */
  #takeWhole(chunk: Buffer, from: number): number {
    const { sink } = this;
    let at = from;
    while (sink !== undefined && chunk[at] === copyData && at + headerBytes <= chunk.length) {
      const end = at + 1 + chunk.readUInt32BE(at + 1);
      if (end > chunk.length) break;
      sink.add(chunk, at + headerBytes, end);
      at = end;
    }
    return at < chunk.length ? this.#fillHeader(chunk, at) : at;
  }

  #fillHeader(chunk: Buffer, from: number): number {
    const taken = Math.min(headerBytes - this.#headerFilled, chunk.length - from);
    chunk.copy(this.#header, this.#headerFilled, from, from + taken);
    this.#headerFilled += taken;
    if (this.#headerFilled === headerBytes) this.#beginBody();
    return from + taken;
  }

  #beginBody(): void {
    this.#headerFilled = 0;
    this.#bodyLeft = this.#header.readUInt32BE(1) - lengthBytes;
    this.#bodySink = this.#header[0] === copyData ? this.sink : undefined;
    if (this.#bodySink === undefined) this.#forward(Buffer.from(this.#header));
    else if (this.#bodyLeft === 0) this.#bodySink.add(this.#header, 0, 0);
    else this.#bodySink.open(this.#bodyLeft);
  }

  #continueBody(chunk: Buffer, from: number): number {
    const to = Math.min(chunk.length, from + this.#bodyLeft);
    this.#bodyLeft -= to - from;
    if (this.#bodySink === undefined) this.#forward(chunk.subarray(from, to));
    else this.#bodySink.append(chunk, from, to);
    return to;
  }
}

/** Puts a tap in front of pg's parser; call it before the stream's first byte arrives. */
export function installCopyTap(stream: Duplex): CopyTap {
  const [parse, ...others] = stream.listeners('data');
  if (parse === undefined || others.length > 0) {
    throw new TypeError('pg is expected to have exactly one listener on its stream.');
  }
  const tap = new CopyTap((bytes) => parse.call(stream, bytes));
  stream.on('data', (chunk: Buffer) => tap.push(chunk));
  stream.off('data', parse as (chunk: Buffer) => void);
  return tap;
}

// A message is one byte for its kind and four for its length, which counts itself but not the kind.
const lengthBytes = 4;
const headerBytes = 1 + lengthBytes;
const copyData = 0x64;
