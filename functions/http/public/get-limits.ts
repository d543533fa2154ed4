import type { LimitsAnswer } from '../../../lib/api/public.ts';
import { limits } from '../../../lib/core/limits.ts';
import { json } from '../answer.ts';
import { publicRoute } from '../route.ts';

/** X14: the promises as the code keeps them. */
export const getLimits = publicRoute({
  name: 'getLimits',
  method: 'GET',
  path: 'v1/limits',
  scope: 'public',
  async handle() {
    const answer: LimitsAnswer = limits;
    return json(200, answer);
  },
});
