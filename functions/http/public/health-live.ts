import { json } from '../answer.ts';
import { publicRoute } from '../route.ts';

/** Says that the process answers, and asks no neighbour. */
export const healthLive = publicRoute({
  name: 'healthLive',
  method: 'GET',
  path: 'health/live',
  scope: 'public',
  async handle() {
    return json(200, { status: 'live' });
  },
});
