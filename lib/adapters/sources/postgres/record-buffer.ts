import type { CsvBatch } from '../../../core/sources/source.ts';

/**
 * Records wait here, end to end in large reused pieces of memory, until they are taken as batches.
 * A record that is larger than a piece gets a piece of its own.
 */
export class RecordBuffer {
  readonly #pieceBytes: number;
  readonly #spare: Piece[] = [];
  /** The first is read from, the last is written to; they may be the same. */
  readonly #pieces: Piece[];
  #openBytesLeft = 0;
  #recordsAdded = 0;
  #waitingBytes = 0;

  constructor(pieceBytes: number = defaultPieceBytes) {
    this.#pieceBytes = pieceBytes;
    this.#pieces = [newPiece(pieceBytes)];
  }

  /** All records that ever arrived whole. */
  get recordsAdded(): number {
    return this.#recordsAdded;
  }

  /** Bytes of whole records that are not taken yet. A record under way does not count: it must get its end. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  add(chunk: Buffer, start: number, end: number): void {
    const piece = this.#pieceFor(end - start);
    chunk.copy(piece.bytes, piece.used, start, end);
    piece.used += end - start;
    this.#endRecord(piece);
  }

  open(lengthBytes: number): void {
    this.#pieceFor(lengthBytes);
    this.#openBytesLeft = lengthBytes;
  }

  append(chunk: Buffer, start: number, end: number): void {
    const piece = this.#lastPiece();
    chunk.copy(piece.bytes, piece.used, start, end);
    piece.used += end - start;
    this.#openBytesLeft -= end - start;
    if (this.#openBytesLeft === 0) this.#endRecord(piece);
  }

  /** Up to so many whole records in one run of bytes, or undefined; ends the last batch's life. */
  take(rowsMax: number): CsvBatch | undefined {
    const piece = this.#releaseTaken();
    const rows = Math.min(rowsMax, piece.records - piece.taken);
    if (rows === 0) return undefined;
    const start = piece.ends[piece.taken - 1] ?? 0;
    const end = piece.ends[piece.taken + rows - 1] ?? start;
    piece.taken += rows;
    this.#waitingBytes -= end - start;
    return { bytes: piece.bytes.subarray(start, end), rows };
  }

  #endRecord(piece: Piece): void {
    this.#waitingBytes += piece.used - (piece.ends[piece.records - 1] ?? 0);
    piece.ends[piece.records] = piece.used;
    piece.records += 1;
    this.#recordsAdded += 1;
  }

  #pieceFor(lengthBytes: number): Piece {
    const last = this.#lastPiece();
    const fits = last.bytes.length - last.used >= lengthBytes && last.records < pieceRecordsMax;
    if (fits) return last;
    const isCommon = lengthBytes <= this.#pieceBytes;
    const next =
      (isCommon ? this.#spare.pop() : undefined) ??
      newPiece(Math.max(lengthBytes, this.#pieceBytes));
    this.#pieces.push(next);
    return next;
  }

  /** Gives the pieces that are read to their end back; answers the piece to read from. */
  #releaseTaken(): Piece {
    let first = this.#firstPiece();
    while (first.taken === first.records && this.#pieces.length > 1) {
      this.#pieces.shift();
      this.#recycle(first);
      first = this.#firstPiece();
    }
    // The beginning of a record may already be behind what was taken: then the piece stays as it is.
    if (first.taken < first.records || this.#openBytesLeft > 0) return first;
    return this.#startOver(first);
  }

  #startOver(piece: Piece): Piece {
    reset(piece);
    if (piece.bytes.length === this.#pieceBytes) return piece;
    // One huge record must not hold its memory for as long as small ones follow.
    const common = this.#spare.pop() ?? newPiece(this.#pieceBytes);
    this.#pieces[0] = common;
    return common;
  }

  #recycle(piece: Piece): void {
    reset(piece);
    const isCommon = piece.bytes.length === this.#pieceBytes;
    if (isCommon && this.#spare.length < sparePiecesMax) this.#spare.push(piece);
  }

  #firstPiece(): Piece {
    return this.#pieces[0] ?? neverEmpty();
  }

  #lastPiece(): Piece {
    return this.#pieces[this.#pieces.length - 1] ?? neverEmpty();
  }
}

interface Piece {
  readonly bytes: Buffer;
  /** Where each record ends. */
  readonly ends: Uint32Array;
  used: number;
  records: number;
  taken: number;
}

const defaultPieceBytes = 1024 * 1024;
const pieceRecordsMax = 32_768;
const sparePiecesMax = 6;

function newPiece(sizeBytes: number): Piece {
  return {
    bytes: Buffer.allocUnsafeSlow(sizeBytes),
    ends: new Uint32Array(pieceRecordsMax),
    used: 0,
    records: 0,
    taken: 0,
  };
}

function reset(piece: Piece): void {
  piece.used = 0;
  piece.records = 0;
  piece.taken = 0;
}

function neverEmpty(): never {
  throw new TypeError('A record buffer always has a piece.');
}
