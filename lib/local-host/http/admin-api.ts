import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Faults, parseFaults } from '../faults.ts';
import { toError } from '../host-error.ts';
import { tryParseJson } from '../json.ts';
import type { HostFunction } from '../loader/functions.ts';
import { type HostAnswer, writeJson } from './json-response.ts';
import { readBody } from './read-body.ts';

/** What the admin routes work with. */
export interface AdminScope {
  readonly functions: readonly HostFunction[];
  readonly faults: Faults;
  /** Runs a timer function now; false when there is none of that name. */
  runTimer(name: string): boolean;
}

/** Answers /admin/…: run a timer now, list functions, look at and set the fault switches. Loopback only. */
export async function serveAdmin(
  scope: AdminScope,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isLoopback(request.socket.remoteAddress)) return writeJson(response, { status: 403 });
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const body = (await readBody(request))?.toString() ?? '';
  // A web page cannot send this content type to another origin, so it can reach none of the switches.
  const isJson = (request.headers['content-type'] ?? '')
    .toLowerCase()
    .startsWith('application/json');
  if (request.method === 'POST' && !isJson) return writeJson(response, { status: 415 });
  writeJson(response, answer(scope, `${request.method} ${path}`, body));
}

function answer(scope: AdminScope, operation: string, body: string): HostAnswer {
  switch (operation) {
    case 'GET /admin/host/status':
      return { status: 200, body: { id: 'local-host', state: 'Running' } };
    case 'GET /admin/functions':
      return { status: 200, body: scope.functions.map(({ name, kind }) => ({ name, kind })) };
    case 'GET /admin/local-host/faults':
      return { status: 200, body: scope.faults.report };
    case 'POST /admin/local-host/faults':
      return setFaults(scope.faults, body);
    default:
      return runNow(scope, operation);
  }
}

function setFaults(faults: Faults, body: string): HostAnswer {
  try {
    faults.set(parseFaults(tryParseJson(body)));
    return { status: 200, body: faults.report };
  } catch (error) {
    return { status: 400, body: { message: toError(error).message } };
  }
}

function runNow(scope: AdminScope, operation: string): HostAnswer {
  const name = /^POST \/admin\/functions\/([^/]+)$/.exec(operation)?.[1];
  if (name === undefined) return { status: 404 };
  return { status: scope.runTimer(decodeURIComponent(name)) ? 202 : 404 };
}

function isLoopback(address: string | undefined): boolean {
  return address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1';
}
