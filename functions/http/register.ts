import type { FunctionInput, app as functionsApp, InvocationContext } from '@azure/functions';
import type { Starter } from '../../lib/core/exports/starter.ts';
import type { Services } from '../services.ts';
import { createFallback, fallbackMethods, fallbackName, fallbackPath } from './fallback.ts';
import { createHandler } from './handle-request.ts';
import { methodsOf } from './route.ts';
import { routes } from './routes.ts';

export interface HttpOptions {
  /** Further headers that may carry a key, beside `Authorization` and `x-api-key`; lower case. */
  readonly keyHeaders: readonly string[];
}

/**
 * Registers one Azure function for each route of the table, and one for everything else. The level
 * is anonymous for the host because every function runs our own guard. `extraInputs` are what
 * `makeStarter` needs in the context: any request may show a key that its tenant must be told of.
 */
export function registerHttp(
  app: Pick<typeof functionsApp, 'http'>,
  services: Services,
  makeStarter: (context: InvocationContext) => Starter,
  { keyHeaders }: HttpOptions,
  extraInputs: FunctionInput[],
): void {
  const deps = { services, makeStarter, keyHeaders };
  for (const route of routes) {
    app.http(route.name, {
      methods: [...methodsOf(route)],
      authLevel: 'anonymous',
      route: route.path,
      extraInputs,
      handler: createHandler(route, deps),
    });
  }
  app.http(fallbackName, {
    methods: [...fallbackMethods],
    authLevel: 'anonymous',
    route: fallbackPath,
    extraInputs,
    handler: createFallback(routes, deps),
  });
}
