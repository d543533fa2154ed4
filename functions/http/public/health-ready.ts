import type { ReadyAnswer } from '../../../lib/api/public.ts';
import { json } from '../answer.ts';
import { publicRoute } from '../route.ts';

const retryAfterSeconds = 5;

/** 200 when every neighbour answers, else 503 with the name of each that does not. */
export const healthReady = publicRoute({
  name: 'healthReady',
  method: 'GET',
  path: 'health/ready',
  scope: 'public',
  async handle({ services }) {
    const checks = await services.readiness();
    const isReady = checks.every(({ ok }) => ok);
    const answer: ReadyAnswer = {
      status: isReady ? 'ready' : 'not_ready',
      checks: checks.map(({ name, ok, problem }) => ({ name, ok, problem })),
    };
    if (isReady) return json(200, answer);
    return json(503, answer, { 'retry-after': String(retryAfterSeconds) });
  },
});
