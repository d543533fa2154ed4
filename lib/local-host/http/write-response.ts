import type { ServerResponse } from 'node:http';
import type { RpcHttp, TypedData } from '../loader/core-types.ts';
import { formatCookie } from './format-cookie.ts';

const statusesWithoutBody: readonly number[] = [204, 205, 304];

/** Sends what a function returned, with the headers that Kestrel sends and no others. */
export function writeFunctionResponse(
  response: ServerResponse,
  http: RpcHttp | undefined,
  isHead: boolean,
): void {
  // A function that returned nothing is an empty 204 on the real host.
  const status = http === undefined ? 204 : Number(http.statusCode ?? 200);
  response.statusCode = status;
  for (const [name, value] of Object.entries(http?.headers ?? {})) response.setHeader(name, value);
  for (const cookie of http?.cookies ?? [])
    response.appendHeader('set-cookie', formatCookie(cookie));
  const body = bytesOf(http?.body);
  const hasBody = body.length > 0 && !statusesWithoutBody.includes(status);
  if (isHead && hasBody) response.setHeader('connection', 'close');
  else response.removeHeader('connection');
  if (!hasBody || isHead) {
    finishEmpty(response, isHead && hasBody);
    return;
  }
  response.write(body);
  response.end();
}

/** Sends a status without any body. */
export function writeEmpty(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.removeHeader('connection');
  finishEmpty(response, false);
}

function finishEmpty(response: ServerResponse, hideLength: boolean): void {
  const isBodyless = statusesWithoutBody.includes(response.statusCode);
  if (!hideLength && !isBodyless && !response.hasHeader('content-length')) {
    response.setHeader('content-length', '0');
  }
  response.end();
}

function bytesOf(data: TypedData | null | undefined): Buffer {
  if (data?.bytes !== undefined) return Buffer.from(data.bytes);
  return Buffer.from(data?.string ?? data?.json ?? '');
}
