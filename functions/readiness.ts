import { asSluiceError } from '../lib/core/errors.ts';
import { secretNames } from '../lib/core/secrets.ts';
import type { Adapters } from './adapters.ts';
import type { Check } from './services.ts';

const timeoutMs = 5_000;
/** The route is public: asking often must not become a load on the neighbours. */
const keptMs = 2_000;

/**
 * Asks every neighbour that no export can do without; each answers within five seconds or is named.
 * An answer holds for two seconds.
 */
export function createReadiness(adapters: Adapters): () => Promise<readonly Check[]> {
  const { stores, files, secrets } = adapters;
  const probes: Readonly<Record<string, () => Promise<unknown>>> = {
    state_storage: () => stores.ping(),
    export_storage: () => files.exists('readiness'),
    secrets: () => Promise.all(Object.values(secretNames).map((name) => secrets.get(name))),
  };
  const checkAll = () =>
    Promise.all(Object.entries(probes).map(([name, probe]) => check(adapters, name, probe)));
  let last: { readonly at: number; readonly answer: Promise<readonly Check[]> } | undefined;
  return () => {
    const at = adapters.clock().getTime();
    if (last === undefined || at - last.at > keptMs) last = { at, answer: checkAll() };
    return last.answer;
  };
}

async function check(
  { log }: Adapters,
  name: string,
  probe: () => Promise<unknown>,
): Promise<Check> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(reject, timeoutMs, new Error('no answer in time'));
  try {
    await Promise.race([probe(), late]);
    return { name, ok: true };
  } catch (error) {
    log.error('readiness check failed', error, { check: name });
    return { name, ok: false, problem: asSluiceError(error).code };
  } finally {
    clearTimeout(timer);
  }
}
