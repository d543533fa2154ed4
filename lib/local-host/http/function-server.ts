import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiScope } from '../durable/api/handle.ts';
import { webhookPath } from '../durable/api/management-urls.ts';
import { toError } from '../host-error.ts';
import type { Invoke } from '../invoke/invoker.ts';
import type { HostLog } from '../log.ts';
import { type AdminScope, serveAdmin } from './admin-api.ts';
import { servePublicClientApi } from './client-api.ts';
import { frontPage } from './front-page.ts';
import { readBody } from './read-body.ts';
import { matchRoute, type Route, type RouteMatch } from './route-table.ts';
import { toRpcRequest } from './to-rpc-request.ts';
import { writeEmpty, writeFunctionResponse } from './write-response.ts';

/** What the host's web server works with. */
interface ServerScope {
  readonly routes: readonly Route[];
  readonly admin: AdminScope;
  readonly client: ApiScope;
  readonly invoke: Invoke;
  readonly log: HostLog;
}

/** Answers one request: a function's route, the client API, an admin route or the front page. */
export async function serve(
  scope: ServerScope,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
  const rawPath = (request.url ?? '/').split('?')[0] ?? '/';
  if (rawPath.startsWith('/admin/')) return await serveAdmin(scope.admin, request, response);
  if (rawPath.startsWith(`${webhookPath}/`))
    return await servePublicClientApi(scope.client, request, response);
  const match = matchRoute(scope.routes, request.method ?? 'GET', rawPath);
  if (match !== undefined) return await callFunction(scope, match, url, request, response);
  if (rawPath === '/' && request.method === 'GET') return serveFrontPage(scope, response);
  request.resume();
  writeEmpty(response, 404);
}

async function callFunction(
  { invoke, log }: ServerScope,
  { target, params }: RouteMatch,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) {
    response.setHeader('connection', 'close');
    return writeEmpty(response, 413);
  }
  const outcome = await invoke({
    target,
    data: { http: toRpcRequest(request, url, params, body) },
  });
  if (!outcome.ok) {
    const error = toError(outcome.error);
    log.write('error', `${target.name} failed: ${error.stack ?? error.message}`);
    return writeEmpty(response, 500);
  }
  writeFunctionResponse(response, outcome.response.returnValue?.http, request.method === 'HEAD');
}

function serveFrontPage({ admin, routes }: ServerScope, response: ServerResponse): void {
  response.removeHeader('connection');
  response.setHeader('content-type', 'text/html');
  response.end(frontPage(admin.functions, routes));
}
