/** Ctrl-C, SIGTERM or the end of the terminal, as a signal to hand on. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Lets the process be interrupted in the usual way again. */
  dispose(): void;
}

/** Shells report a process ended by Ctrl-C with this exit code. */
export const interruptedExitCode = 130;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A process whose parent is gone belongs to another one; it is looked for this often. */
const parentLookMs = 500;

/**
 * The first interruption aborts the signal, so that everything ends in order; a second one ends at once. That the
 * parent has gone is an interruption, too: a shell that `npm` ends by SIGTERM does not hand the signal on.
 */
export function catchInterruption(): Interruption {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(interruptedExitCode);
    controller.abort(new Error('interrupted'));
  };
  for (const name of signals) process.on(name, onSignal);
  // A terminal that was closed can't be written to; that must not keep anything from ending in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid !== parent && !controller.signal.aborted) onSignal();
  }, parentLookMs).unref();
  return {
    signal: controller.signal,
    dispose: () => {
      clearInterval(look);
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
