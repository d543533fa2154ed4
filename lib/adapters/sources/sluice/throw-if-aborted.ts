import { SluiceError } from '../../../core/errors.ts';

/** Throws the abort's own error when it is one of ours, else `cancelled`. */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw signal.reason instanceof SluiceError ? signal.reason : new SluiceError('cancelled');
}
