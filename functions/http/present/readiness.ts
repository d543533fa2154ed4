import type { ReadyAnswer } from '../../../lib/api/public.ts';
import type { Check } from '../../../lib/core/health/check.ts';

/** Field by field, so that nothing of the insides can slip through. */
export function presentReadiness(checks: readonly Check[]): ReadyAnswer {
  return {
    status: statusOf(checks.filter(({ ok }) => !ok)),
    checks: checks.map(({ name, required, ok, problem }) => ({ name, required, ok, problem })),
  };
}

function statusOf(failed: readonly Check[]): ReadyAnswer['status'] {
  if (failed.length === 0) return 'ready';
  return failed.some(({ required }) => required) ? 'not_ready' : 'degraded';
}
