import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { mustHold } from './demo-error.ts';
import { formatCount } from './format.ts';
import type { FileLink } from './sluice-api.ts';

export interface DownloadOptions {
  readonly links: readonly FileLink[];
  /** Where the files go; it must be there. */
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

const parallelDownloads = 4;
const timeoutMs = 120_000;

/**
 * Fetches every file, four at a time, without holding one in memory. A file gets its name only once its
 * size and SHA-256 are what the link's answer promised.
 */
export async function downloadAll(options: DownloadOptions): Promise<void> {
  const waiting = [...options.links].sort((left, right) => right.bytes - left.bytes);
  const work = async (): Promise<void> => {
    for (let link = waiting.shift(); link !== undefined; link = waiting.shift()) {
      await download(link, options);
    }
  };
  await Promise.all(Array.from({ length: parallelDownloads }, work));
}

async function download(link: FileLink, options: DownloadOptions): Promise<void> {
  const limit = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]);
  const answer = await fetch(link.url, { signal: limit });
  const { body } = answer;
  mustHold(answer.ok && body !== null, `${link.name} was answered with ${answer.status}.`);
  const path = join(options.directory, link.name);
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      options.onBytes(chunk.length);
      yield chunk;
    }
  };
  const target = createWriteStream(`${path}.part`, { mode: 0o600 });
  await pipeline(Readable.fromWeb(body), measure, target, { signal: limit });
  mustHold(
    bytes === link.bytes,
    `${link.name} has ${formatCount(bytes)} bytes instead of ${formatCount(link.bytes)}.`,
  );
  mustHold(hash.digest('hex') === link.sha256, `${link.name} has another SHA-256 than promised.`);
  await rename(`${path}.part`, path);
}
