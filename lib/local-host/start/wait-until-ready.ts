import { setTimeout as delay } from 'node:timers/promises';
import { isRecord, pick, tryParseJson } from '../json.ts';

const pollMs = 500;

/** What GET /health/ready said: whether the app serves, and each check that failed, in a line of its own. */
export interface Readiness {
  readonly isReady: boolean;
  readonly troubles: readonly string[];
}

/**
 * Resolves when the app is ready; rejects when the signal is aborted, which bounds the wait. Tells of troubles
 * whenever they are others than before.
 */
export async function waitUntilReady(
  url: string,
  signal: AbortSignal,
  onTroubles: (troubles: readonly string[]) => void,
): Promise<Readiness> {
  let told = '';
  for (;;) {
    const readiness = await ask(url, signal);
    if (readiness?.isReady === true) return readiness;
    const text = (readiness?.troubles ?? []).join('\n');
    if (text !== '' && text !== told) onTroubles(readiness?.troubles ?? []);
    told = text === '' ? told : text;
    await delay(pollMs, undefined, { signal });
  }
}

async function ask(url: string, signal: AbortSignal): Promise<Readiness | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
    const answer = await fetch(`${url}/api/health/ready`, { signal: limit });
    return readReadiness(answer.status, await answer.text());
  } catch {
    // Not there yet; the caller's signal ends the wait.
    signal.throwIfAborted();
    return undefined;
  }
}

/** The troubles of an answer; undefined for something that is no answer of the app. */
export function readReadiness(status: number, body: string): Readiness | undefined {
  const checks = pick(tryParseJson(body), 'checks');
  if (!Array.isArray(checks)) return undefined;
  const failed = checks.filter((check) => isRecord(check) && check['ok'] === false);
  return { isReady: status === 200, troubles: failed.map(describe) };
}

/** What each problem asks of whoever runs the app here. */
const advice: Readonly<Record<string, string>> = {
  unreachable:
    'it does not answer; is it running, and is its address in local.settings.json right?',
  forbidden: 'it refuses this identity; sign in (az login), and see that the role is given',
  missing: 'it is not there; npm run setup makes what is missing in local.settings.json',
  malformed: 'its value is no good; npm run check-settings says why',
  configuration_invalid: 'npm run check-settings says what is wrong with it',
  failed: 'the host’s log says why',
};

function describe(check: unknown): string {
  const [name, problem, required] = ['name', 'problem', 'required'].map((key) => pick(check, key));
  const text = advice[String(problem)] ?? 'the host’s log says why';
  return `${name}: ${problem}${required === false ? ' (Sluice serves without it)' : ''}: ${text}`;
}
