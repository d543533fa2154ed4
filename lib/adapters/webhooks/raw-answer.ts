import type { Socket } from 'node:net';

/** What the status line and the header say, read from the bytes themselves. */
export interface RawAnswer {
  readonly status: number;
  readonly retryAfter?: string | undefined;
}

/**
 * Keeps the first bytes that arrive on a connection, beside whoever else reads it; of TLS the plain
 * ones. Returns what there is so far.
 */
export function firstBytesOf(socket: Socket, bytesMax: number): () => Buffer {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // First in the row, because a parser that gives up destroys the socket.
  socket.prependListener('data', (chunk: Buffer) => {
    if (bytes >= bytesMax) return;
    chunks.push(chunk);
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).subarray(0, bytesMax);
}

/**
 * Reads an answer that a strict parser gave up on: a folded header, lines that end with LF alone, a
 * length that is told twice. The first whole status line of a final answer (RFC 9112, 4) counts,
 * whatever follows it; undefined when there is none. Nothing is read of the body, because nobody can
 * say where it ends.
 */
export function readRawAnswer(bytes: Buffer): RawAnswer | undefined {
  let rest = bytes.toString('latin1');
  // Each turn leaves out one interim answer, so this ends with the text.
  for (;;) {
    const line = /^HTTP\/1\.[01] ([1-9][0-9]{2})(?: [^\r\n]*)?\r?\n/.exec(rest);
    if (line === null) return undefined;
    const status = Number(line[1]);
    const blank = /\r?\n\r?\n/.exec(rest);
    if (!isInterim(status))
      return { status, retryAfter: retryAfterIn(rest.slice(0, blank?.index)) };
    if (blank === null) return undefined;
    rest = rest.slice(blank.index + blank[0].length);
  }
}

/** 101 is final: who changes the protocol has not taken the message. */
function isInterim(status: number): boolean {
  return status < 200 && status !== 101;
}

function retryAfterIn(head: string): string | undefined {
  return /^retry-after[ \t]*:[ \t]*([^\r\n]*)/im.exec(head)?.[1]?.trimEnd();
}
