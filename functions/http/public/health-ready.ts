import { json } from '../answer.ts';
import { presentReadiness } from '../present/readiness.ts';
import { publicRoute } from '../route.ts';

const retryAfterSeconds = 5;

/** 503 while something that is required fails; each failed check is named, here and in the log. */
export const healthReady = publicRoute({
  name: 'healthReady',
  method: 'GET',
  path: 'health/ready',
  scope: 'public',
  async handle({ services }) {
    const answer = presentReadiness(await services.readiness());
    if (answer.status !== 'not_ready') return json(200, answer);
    return json(503, answer, { 'retry-after': String(retryAfterSeconds) });
  },
});
