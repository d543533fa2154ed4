import type { Transform } from 'node:stream';

/** A stream of node:zlib as calls: bytes in, and what comes out of them. One call at a time. */
export interface ZlibCalls {
  /** Works in the thread pool; the chunk stays untouched until the promise settles. */
  write(chunk: Uint8Array): Promise<Uint8Array>;
  end(): Promise<Uint8Array>;
  close(): void;
}

export function callsOf(stream: Transform): ZlibCalls {
  let pieces: Uint8Array[] = [];
  stream.on('data', (piece: Uint8Array) => pieces.push(piece));
  // A failure goes to the call that met it; without a listener it would end the process.
  stream.on('error', () => {});

  function takePieces(): Uint8Array {
    const [first = new Uint8Array(0)] = pieces;
    const bytes = pieces.length > 1 ? Buffer.concat(pieces) : first;
    pieces = [];
    return bytes;
  }

  return {
    async write(chunk) {
      await new Promise<void>((resolve, reject) => {
        stream.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
      return takePieces();
    },
    async end() {
      await new Promise<void>((resolve, reject) => {
        stream.once('end', resolve).once('error', reject).end();
      });
      return takePieces();
    },
    close: () => {
      stream.destroy();
    },
  };
}
