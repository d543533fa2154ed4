import type { RoutesAnswer } from '../../../lib/api/public.ts';
import { json } from '../answer.ts';
import { methodsOf, publicRoute, type Route } from '../route.ts';

/** Lists itself and these routes: where a client that knows nothing begins. */
export function listRoutesOf(others: readonly Route[]): Route {
  const own = publicRoute({
    name: 'listRoutes',
    method: 'GET',
    path: 'v1',
    scope: 'public',
    async handle() {
      const answer: RoutesAnswer = {
        routes: [own, ...others].map((route) => ({
          path: `/api/${route.path}`,
          methods: [...methodsOf(route)],
          scope: route.scope,
        })),
      };
      return json(200, answer);
    },
  });
  return own;
}
