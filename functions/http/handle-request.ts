import type {
  HttpHandler,
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
} from '@azure/functions';
import { emptyBody, emptyQuery } from '../../lib/api/empty.ts';
import type { Starter } from '../../lib/core/exports/starter.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import { readCredential } from './credentials.ts';
import { admitKey, admitOperator, refuseKeysInUrl } from './guard.ts';
import { parseBody, readBytes } from './read-body.ts';
import { readParams } from './read-params.ts';
import { parseQuery } from './read-query.ts';
import { readFacts, readRequestId } from './request-facts.ts';
import { respond, respondToError } from './respond.ts';
import type { OperatorRoute, PublicRoute, Route, TenantRoute } from './route.ts';

export interface HttpDeps {
  readonly services: Services;
  readonly makeStarter: (context: InvocationContext) => Starter;
  /** Further headers that may carry a key, beside `Authorization` and `x-api-key`. */
  readonly keyHeaders: readonly string[];
}

/** The steps that every request takes: request id, limit, guard, parse, handle, respond. */
export function createHandler(route: Route, deps: HttpDeps): HttpHandler {
  const handle = handlerFor(route, deps);
  return (request, context) =>
    answerSafely(request, route.name, deps, (requestId) => handle(request, requestId, context));
}

/** Gives every request an id and turns whatever is thrown into a problem. */
export async function answerSafely(
  request: HttpRequest,
  route: string,
  { services }: Pick<HttpDeps, 'services'>,
  answer: (requestId: string) => Promise<Answer>,
): Promise<HttpResponseInit> {
  const requestId = readRequestId(request);
  try {
    return respond(await answer(requestId), requestId);
  } catch (error) {
    return respondToError(error, { requestId, route, log: services.log });
  }
}

type Handle = (
  request: HttpRequest,
  requestId: string,
  context: InvocationContext,
) => Promise<Answer>;

function handlerFor(route: Route, deps: HttpDeps): Handle {
  if (isPublic(route)) return handlePublic(route, deps);
  if (isOperators(route)) return handleOperators(route, deps);
  return handleTenants(route, deps);
}

function handlePublic(route: PublicRoute, { services }: HttpDeps): Handle {
  return async (request, requestId) => {
    const bytes = await enter(services, request);
    return route.handle(parseCall(route, request, requestId, bytes, services));
  };
}

function handleOperators(route: OperatorRoute, { services, keyHeaders }: HttpDeps): Handle {
  return async (request, requestId) => {
    const bytes = await enter(services, request);
    const credential = readCredential(request.headers, keyHeaders);
    const principal = await admitOperator(services, credential);
    return route.handle({ ...parseCall(route, request, requestId, bytes, services), principal });
  };
}

function handleTenants(route: TenantRoute, deps: HttpDeps): Handle {
  const { services, keyHeaders, makeStarter } = deps;
  return async (request, requestId, context) => {
    const bytes = await enter(services, request);
    const credential = readCredential(request.headers, keyHeaders);
    const principal = await admitKey(services, credential, route.scope);
    const call = parseCall(route, request, requestId, bytes, services);
    return route.handle({ ...call, principal, starter: makeStarter(context) });
  };
}

/** What every request must pass before anybody asks who sends it. */
async function enter(services: Services, request: HttpRequest): Promise<Uint8Array> {
  const bytes = await readBytes(request);
  await refuseKeysInUrl(services, request.url);
  return bytes;
}

function parseCall(
  route: Route,
  request: HttpRequest,
  requestId: string,
  bytes: Uint8Array,
  services: Services,
) {
  const { path, query = emptyQuery, body: schema = emptyBody } = route;
  const optional = route.body === undefined || route.bodyOptional === true;
  return {
    request: readFacts(request, requestId),
    params: readParams(path, request.params),
    query: parseQuery(request, query),
    body: parseBody(bytes, request.headers, { schema, optional }),
    services,
  };
}

function isPublic(route: Route): route is PublicRoute {
  return route.scope === 'public';
}

function isOperators(route: Route): route is OperatorRoute {
  return route.scope === 'operator';
}
