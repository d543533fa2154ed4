import { isRecord, pick, tryParseJson } from '../json.ts';
import { DemoError } from './demo-error.ts';
import { redact } from './format.ts';

/** Speaks HTTP with Sluice as any customer's program would; one credential per client. */
export interface ApiClient {
  /** The JSON of a 2xx answer; anything else throws a DemoError with the problem's text. */
  json(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown>;
  /** The bytes of a 2xx answer. */
  bytes(path: string): Promise<Uint8Array>;
  /** Any answer, for those that are expected to be refusals. */
  send(method: 'GET' | 'POST', path: string, body?: object): Promise<ApiAnswer>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
}

const timeoutMs = 30_000;

/** A client for `<url>/api`; without a key for the public routes. */
export function createApiClient(
  url: string,
  key: string | undefined,
  signal: AbortSignal,
): ApiClient {
  const send: ApiClient['send'] = async (method, path, body) => {
    const headers = {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const request = { method, headers, ...content, signal: limit };
      const answer = await fetch(`${url}/api${path}`, request);
      return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
    } catch (cause) {
      signal.throwIfAborted();
      throw new DemoError(`The host does not answer ${method} /api${path}.`, { cause });
    }
  };
  const bytes = async (method: 'GET' | 'POST', path: string, body?: object) => {
    const answer = await send(method, path, body);
    if (answer.status >= 300) throw refused(method, path, answer);
    return answer.bytes;
  };
  return {
    send,
    bytes: (path) => bytes('GET', path),
    json: async (method, path, body) =>
      tryParseJson(Buffer.from(await bytes(method, path, body)).toString()),
  };
}

function refused(method: string, path: string, answer: ApiAnswer): DemoError {
  const text = Buffer.from(answer.bytes).toString();
  const problem = tryParseJson(text);
  const detail = isRecord(problem)
    ? `${pick(problem, 'code')}: ${pick(problem, 'detail')} ${JSON.stringify(problem['errors'] ?? '')}`
    : text.slice(0, 300);
  return new DemoError(
    redact(`${method} /api${path} was answered with ${answer.status}. ${detail}`),
  );
}
