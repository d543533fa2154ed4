import type {
  HttpHandler,
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
} from '@azure/functions';
import { emptyBody, emptyQuery } from '../../lib/api/empty.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import { audited } from './audit/audited.ts';
import { admitted, type Knock } from './audit/record-refusal.ts';
import { requireFewFailures } from './few-failures.ts';
import { admitOperator, admitTenant } from './guard.ts';
import type { HttpDeps } from './http-deps.ts';
import { readPresented } from './presented.ts';
import { parseBody, readBytes } from './read-body.ts';
import { readParams } from './read-params.ts';
import { parseQuery } from './read-query.ts';
import { refuseCredentialsInUrl } from './refuse-url.ts';
import { readFacts, readRequestId } from './request-facts.ts';
import { requireFresh } from './require-fresh.ts';
import { respond, respondToError } from './respond.ts';
import type { OperatorRoute, PublicRoute, Route, TenantRoute } from './route.ts';
import { takeTurn } from './take-turn.ts';

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
  const asked = { requestId: readRequestId(request), method: request.method };
  try {
    return respond(await answer(asked.requestId), asked);
  } catch (error) {
    return respondToError(error, { ...asked, route, log: services.log });
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

function handlePublic(route: PublicRoute, deps: HttpDeps): Handle {
  return async (request, requestId, context) => {
    const bytes = await enter(deps, request, context, { requestId, route: route.name });
    return route.handle(parseCall(route, request, requestId, bytes, deps.services));
  };
}

function handleOperators(route: OperatorRoute, deps: HttpDeps): Handle {
  const { services, keyHeaders, makeStarter } = deps;
  return async (request, requestId, context) => {
    const source = { requestId, route: route.name };
    const bytes = await enter(deps, request, context, source);
    const presented = readPresented(request, keyHeaders);
    const principal = await admitted(services, { ...source, presented }, () =>
      admitOperator(services, presented),
    );
    const call = { ...parseCall(route, request, requestId, bytes, services), principal };
    const starter = makeStarter(context);
    return audited(route, call, () => route.handle({ ...call, starter }));
  };
}

function handleTenants(route: TenantRoute, deps: HttpDeps): Handle {
  const { services, keyHeaders, makeStarter } = deps;
  return async (request, requestId, context) => {
    const source = { requestId, route: route.name };
    const bytes = await enter(deps, request, context, source);
    const presented = readPresented(request, keyHeaders);
    const principal = await admitted(services, { ...source, presented }, () =>
      admitTenant(services, presented, { ...route, ownKey: ownKeyOf(route, request) }),
    );
    const turn = await admitted(services, { ...source, presented, principal }, async () => {
      requireFewFailures(services, route, principal);
      return takeTurn(services, route, principal);
    });
    const call = { ...parseCall(route, request, requestId, bytes, services), principal };
    await admitted(services, { ...source, presented, principal }, async () =>
      requireFresh(route, call, services.clock()),
    );
    const starter = makeStarter(context);
    const answer = await audited(route, call, () => route.handle({ ...call, starter }));
    return { ...answer, headers: { ...answer.headers, ...turn } };
  };
}

/** The id of the key that may call this for itself. */
function ownKeyOf({ ownKeyParam }: TenantRoute, { params }: HttpRequest): string | undefined {
  return ownKeyParam === undefined ? undefined : params[ownKeyParam];
}

/** What every request must pass before anybody asks who sends it. */
async function enter(
  deps: HttpDeps,
  request: HttpRequest,
  context: InvocationContext,
  source: Pick<Knock, 'requestId' | 'route'>,
): Promise<Uint8Array> {
  const bytes = await readBytes(request);
  await refuseCredentialsInUrl(deps, request, context, source);
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
