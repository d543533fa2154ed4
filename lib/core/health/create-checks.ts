import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Check, Finding, Probe, Problem } from './check.ts';

export interface ChecksDeps {
  readonly probes: readonly Probe[];
  /** What something thrown means; only the adapters' side knows their errors. */
  readonly problemOf: (error: unknown) => Problem;
  readonly clock: Clock;
  readonly log: Log;
}

const timeoutMs = 5_000;
/** The route is public: asking often must not become a load on the neighbours, */
const keptMs = 2_000;
/** nor fill the log. */
const toldAgainMs = 60_000;

/**
 * Looks at every neighbour at once; each answers within five seconds or is `unreachable`. An answer
 * holds for two seconds. A trouble that stays is logged once a minute.
 */
export function createChecks(deps: ChecksDeps): () => Promise<readonly Check[]> {
  const { probes, clock } = deps;
  const tell = createTeller(deps);
  const lookAt = async (probe: Probe): Promise<Check> => {
    const { name, required } = probe;
    const finding = await find(probe, deps);
    if (finding === undefined) return { name, required, ok: true };
    tell(probe, finding);
    return { name, required, ok: false, problem: finding.problem };
  };
  let last: { readonly at: number; readonly answer: Promise<readonly Check[]> } | undefined;
  return () => {
    const at = clock().getTime();
    if (last === undefined || at - last.at > keptMs) {
      last = { at, answer: Promise.all(probes.map(lookAt)) };
    }
    return last.answer;
  };
}

async function find(
  probe: Probe,
  { problemOf }: Pick<ChecksDeps, 'problemOf'>,
): Promise<Finding | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<Finding>();
  const timer = setTimeout(() => resolve(tooLate(probe.name)), timeoutMs);
  try {
    return await Promise.race([probe.run(), late]);
  } catch (error) {
    return { problem: problemOf(error), error };
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(name: string): Finding {
  const internal = `${name} did not answer in ${timeoutMs} ms.`;
  return { problem: 'unreachable', error: new SluiceError('internal_error', { internal }) };
}

function createTeller({ clock, log }: Pick<ChecksDeps, 'clock' | 'log'>) {
  const told = new Map<string, number>();
  return ({ name, required }: Probe, { problem, error, facts = {} }: Finding): void => {
    const nowMs = clock().getTime();
    const what = `${name} ${problem}`;
    if (nowMs - (told.get(what) ?? Number.NEGATIVE_INFINITY) < toldAgainMs) return;
    told.set(what, nowMs);
    log.error('readiness check failed', error, { check: name, problem, required, ...facts });
  };
}
