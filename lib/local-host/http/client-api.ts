import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApiScope, handleClientCall } from '../durable/api/handle.ts';
import { webhookPath } from '../durable/api/management-urls.ts';
import { writeJson } from './json-response.ts';
import { readBody } from './read-body.ts';
import { joinHeaders } from './to-rpc-request.ts';

/** Where the functions of this process reach the client API; on loopback only, so without a key. */
export const rpcPath = '/durabletask';

/** Answers a call below the given base path. */
export async function serveClientApi(
  scope: ApiScope,
  basePath: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = await readBody(request);
  if (body === undefined) return writeJson(response, { status: 413 });
  if (!url.pathname.startsWith(`${basePath}/`)) return writeJson(response, { status: 404 });
  const segments = url.pathname
    .slice(basePath.length + 1)
    .split('/')
    .map(decode);
  const answer = handleClientCall(scope, {
    method: request.method ?? 'GET',
    segments,
    query: url.searchParams,
    headers: joinHeaders(request.headers),
    body: body.toString(),
  });
  writeJson(response, answer);
}

/** The same API for callers from outside, who need the system key. */
export async function servePublicClientApi(
  scope: ApiScope,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const header = request.headers['x-functions-key'];
  const given = url.searchParams.get('code') ?? (Array.isArray(header) ? header[0] : header) ?? '';
  if (!isSame(given, scope.endpoint().systemKey)) return writeJson(response, { status: 401 });
  await serveClientApi(scope, webhookPath, request, response);
}

function isSame(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
