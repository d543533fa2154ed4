import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until there is an answer; fails after the deadline. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(15);
  }
  throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
}
