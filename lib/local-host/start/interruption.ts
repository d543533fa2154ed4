/** Ctrl-C, SIGTERM or the end of the terminal, as a signal to hand on. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Lets the process be interrupted in the usual way again. */
  dispose(): void;
}

/** Shells report a process ended by Ctrl-C with this exit code. */
export const interruptedExitCode = 130;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first interruption aborts the signal, so that everything ends in order; a second one ends at once. */
export function catchInterruption(): Interruption {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(interruptedExitCode);
    controller.abort(new Error('interrupted'));
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
