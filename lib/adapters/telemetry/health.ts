import type { Log } from '../../core/log.ts';

/** How sending to one receiver goes, as the log tells it: once when it fails, once when it works again. */
export interface Health {
  works(): void;
  fails(trouble: Trouble): void;
}

/** Never a message: it may hold the receiver's address with a credential in it. */
export interface Trouble {
  /** The HTTP status, when there was an answer. */
  readonly status?: number | undefined;
  /** The error's name or code. */
  readonly error?: string | undefined;
}

export function createHealth(receiver: string, log: Log): Health {
  let isFailing = false;
  return {
    works() {
      if (isFailing) log.info('metrics are sent again', { receiver });
      isFailing = false;
    },
    fails(trouble) {
      if (!isFailing) log.warn('metrics could not be sent', { receiver, ...trouble });
      isFailing = true;
    },
  };
}

/** The trouble that a thrown error stands for. */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'number') return { status: code, error: error.name };
  return { error: typeof code === 'string' ? code : error.name };
}
