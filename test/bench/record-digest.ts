import { createHash } from 'node:crypto';

/** What a side carried: how many records, and the SHA-256 of all their bytes in order. */
export interface Carried {
  readonly records: number;
  readonly sha256: string;
  /** Of the CSV, with the headers. */
  readonly bytes: number;
}

/** Takes the CSV of one file after another; each file's first line is its header and left out. */
export class RecordDigest {
  readonly #hash = createHash('sha256');
  #records = 0;
  #bytes = 0;
  #inHeader = true;
  #inQuotes = false;

  beginFile(): void {
    if (this.#inQuotes) throw new Error('The file before ended inside a quoted value.');
    this.#inHeader = true;
  }

  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    const start = this.#inHeader ? chunk.indexOf(lineFeed) + 1 : 0;
    if (this.#inHeader && start === 0) return;
    this.#inHeader = false;
    this.#count(chunk, start);
    this.#hash.update(chunk.subarray(start));
  }

  result(): Carried {
    return { records: this.#records, sha256: this.#hash.digest('hex'), bytes: this.#bytes };
  }

  /** A line feed inside quotes ends no record. */
  #count(chunk: Buffer, start: number): void {
    let inQuotes = this.#inQuotes;
    let records = 0;
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === quote) inQuotes = !inQuotes;
      else if (byte === lineFeed && !inQuotes) records += 1;
    }
    this.#inQuotes = inQuotes;
    this.#records += records;
  }
}

const lineFeed = 0x0a;
const quote = 0x22;
