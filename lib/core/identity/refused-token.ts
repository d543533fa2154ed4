import { SluiceError } from '../errors.ts';

/** Whatever is wrong with a token, the caller reads the same; the reason is for the log alone. */
export function refusedToken(reason: string, cause?: unknown): SluiceError {
  return new SluiceError('unauthenticated', {
    message: 'The token is not valid here. Sign in again.',
    internal: `Refused token: ${reason}.`,
    cause,
  });
}
