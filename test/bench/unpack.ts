import { pipeline } from 'node:stream/promises';
import { createGunzip, createInflateRaw } from 'node:zlib';

/** Hands the uncompressed bytes of a .gz file, or of a .zip file with one entry, to `take`. */
export async function unpack(
  name: string,
  stored: AsyncIterable<Buffer>,
  take: (bytes: Buffer) => void,
): Promise<void> {
  const takeAll = async (plain: AsyncIterable<Buffer>) => {
    for await (const bytes of plain) take(bytes);
  };
  if (name.endsWith('.gz')) await pipeline(stored, createGunzip(), takeAll);
  else await pipeline(firstEntry(stored), createInflateRaw(), takeAll);
}

const localHeaderBytes = 30;

/** The deflated bytes of the first entry, and what follows them, which an inflater passes over. */
async function* firstEntry(stored: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const bytes of stored) {
    if (head === undefined) {
      yield bytes;
      continue;
    }
    head = Buffer.concat([head, bytes]);
    const start = entryStart(head);
    if (start === undefined || start > head.length) continue;
    yield head.subarray(start);
    head = undefined;
  }
}

/** Behind the local file header, its name and its extra field; undefined while it is not all there. */
function entryStart(head: Buffer): number | undefined {
  if (head.length < localHeaderBytes) return undefined;
  return localHeaderBytes + head.readUInt16LE(26) + head.readUInt16LE(28);
}
