import type { IncomingMessage } from 'node:http';

/** The real host takes no larger request. */
const requestBytesMax = 100 * 1_024 * 1_024;

/** The whole body, or undefined when it is larger than the host takes. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > requestBytesMax) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > requestBytesMax) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}
