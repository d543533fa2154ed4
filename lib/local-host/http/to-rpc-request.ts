import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { RpcHttp } from '../loader/core-types.ts';

/** A request as the worker protocol carries it; values that come more than once are joined by commas. */
export function toRpcRequest(
  request: IncomingMessage,
  url: URL,
  params: Readonly<Record<string, string>>,
  body: Buffer,
): RpcHttp {
  return {
    method: request.method ?? 'GET',
    url: `${url.origin}${request.url ?? '/'}`,
    headers: joinHeaders(request.headers),
    query: joinQuery(url.searchParams),
    params,
    body: body.length === 0 ? null : { bytes: body },
  };
}

/** Header values as text, repeated ones joined by commas. */
export function joinHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const joined = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(joined);
}

function joinQuery(query: URLSearchParams): Readonly<Record<string, string>> {
  const names = [...new Set(query.keys())];
  return Object.fromEntries(names.map((name) => [name, query.getAll(name).join(',')]));
}
