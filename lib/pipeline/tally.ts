import { createHash } from 'node:crypto';

/** Counts and digests a file's bytes as they are stored. */
export interface Tally {
  add(bytes: Uint8Array): void;
  readonly bytes: number;
  /** SHA-256 of everything added, hex. Ends the tally. */
  sha256(): string;
}

export function createTally(): Tally {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    add(piece) {
      hash.update(piece);
      bytes += piece.byteLength;
    },
    get bytes() {
      return bytes;
    },
    sha256: () => hash.digest('hex'),
  };
}
