import type { HttpRequest } from '@azure/functions';
import type { z } from 'zod';
import { describeIssue } from '../../lib/api/describe-issue.ts';
import { type Mistake, SluiceError } from '../../lib/core/errors.ts';
import { limits } from '../../lib/core/limits.ts';
import { checkJson } from './check-json.ts';
import { mistakesOf } from './mistakes.ts';

/**
 * The bytes of the body, however they are sent. Throws `body_too_large` beyond
 * `limits.bodyBytesMax`, without reading on.
 */
export async function readBytes(request: HttpRequest): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > limits.bodyBytesMax) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of bodyChunks(request)) {
    bytes += chunk.byteLength;
    if (bytes > limits.bodyBytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export interface BodyRule<Body extends z.ZodType> {
  readonly schema: Body;
  /** True: an empty body counts as `{}`. */
  readonly optional: boolean;
}

/**
 * The body as the schema describes it. Throws `unsupported_media_type`, `invalid_json`, or
 * `invalid_body` with every mistake and its place.
 */
export function parseBody<Body extends z.ZodType>(
  bytes: Uint8Array,
  headers: HttpRequest['headers'],
  { schema, optional }: BodyRule<Body>,
): z.infer<Body> {
  const result = schema.safeParse(readJson(bytes, headers, optional), {
    error: describeIssue('field'),
  });
  if (result.success) return result.data;
  throw invalidBody(mistakesOf(result.error.issues));
}

function readJson(bytes: Uint8Array, headers: HttpRequest['headers'], optional: boolean): unknown {
  if (bytes.byteLength === 0) {
    if (optional) return {};
    throw new SluiceError('invalid_json', { message: 'The body is empty. Send a JSON object.' });
  }
  requireJsonType(headers);
  const value = decode(bytes);
  const mistakes = checkJson(value);
  if (mistakes.length > 0) throw invalidBody(mistakes);
  return value;
}

async function* bodyChunks({ body }: HttpRequest): AsyncIterable<Uint8Array> {
  if (body === null) return;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('A body is a stream of bytes.');
    yield chunk;
  }
}

function requireJsonType(headers: HttpRequest['headers']): void {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';');
  const isJson = /^application\/([a-z0-9!#$&^_.+-]+\+)?json$/.test(type.trim());
  const isUtf8 = parameters.every((text) => !/^\s*charset=(?!"?utf-?8"?\s*$)/.test(text));
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (isJson && isUtf8 && encoding.toLowerCase() === 'identity') return;
  throw new SluiceError('unsupported_media_type', {
    message:
      'Send the body as JSON in UTF-8, not compressed, with `Content-Type: application/json`.',
  });
}

/** The parser's own words are not passed on: they quote the body. */
function decode(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new SluiceError('invalid_json', {
      message: 'The body is not valid JSON in UTF-8. Check quotes, commas and brackets.',
      cause: error,
    });
  }
}

function tooLarge(): SluiceError {
  const message = `The body is over ${limits.bodyBytesMax / 1024} KB. Send a smaller one.`;
  return new SluiceError('body_too_large', { message });
}

function invalidBody(mistakes: readonly Mistake[]): SluiceError {
  return new SluiceError('invalid_body', {
    message: 'Correct the mistakes that `errors` lists and send the request again.',
    mistakes,
  });
}
