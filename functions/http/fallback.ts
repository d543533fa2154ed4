import type { HttpHandler, HttpMethod, HttpRequest } from '@azure/functions';
import { SluiceError } from '../../lib/core/errors.ts';
import type { Answer } from './answer.ts';
import { answerSafely } from './handle-request.ts';
import type { HttpDeps } from './http-deps.ts';
import { methodNotAllowed } from './problem.ts';
import { refuseCredentialsInUrl } from './refuse-url.ts';
import { methodsOf, type Route } from './route.ts';

/**
 * The function that gets what no other takes; a wrong method counts as no match. The host tries routes
 * in the alphabetical order of their functions' names (Azure/azure-functions-host, issue 9876), so this
 * name must be the last one.
 */
export const fallbackName = 'zFallback';
export const fallbackPath = '{*rest}';
export const fallbackMethods: readonly HttpMethod[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
];

/** 405 with `Allow` for a known path with a wrong method, 404 for everything else. */
export function createFallback(routes: readonly Route[], deps: HttpDeps): HttpHandler {
  return (request, context) =>
    answerSafely(request, fallbackName, deps, async (requestId) => {
      const source = { requestId, route: fallbackName };
      await refuseCredentialsInUrl(deps, request, context, source);
      return refuse(routes, request, requestId);
    });
}

function refuse(routes: readonly Route[], request: HttpRequest, requestId: string): Answer {
  const segments = segmentsOf(request.params['rest'] ?? '');
  const known = routes.filter(({ path }) => matches(segmentsOf(path), segments));
  if (known.length > 0) return methodNotAllowed(known.flatMap(methodsOf).sort(), requestId);
  throw new SluiceError('not_found', {
    message: 'There is nothing at this path. GET /api/v1 lists all routes.',
  });
}

/** Like the host: no difference between upper and lower case, and none for a slash at the end. */
function segmentsOf(path: string): readonly string[] {
  return path.replace(/^\/|\/$/g, '').split('/');
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((part, index) => part.startsWith('{') || sameText(part, segments[index] ?? ''))
  );
}

function sameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
