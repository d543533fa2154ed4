import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 500;

/** Resolves when the app answers; rejects when the signal is aborted, which bounds the wait. */
export async function waitUntilLive(url: string, signal: AbortSignal): Promise<void> {
  // Ends with an answer or with the signal.
  while (!(await isLive(url, signal))) await delay(pollMs, undefined, { signal });
}

async function isLive(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(2_000)]);
    const answer = await fetch(`${url}/api/health/live`, { signal: limit });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    // Not there yet; the caller's signal ends the wait.
    signal.throwIfAborted();
    return false;
  }
}
