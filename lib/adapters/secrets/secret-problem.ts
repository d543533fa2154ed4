import { SluiceError } from '../../core/errors.ts';

/** `secret_unavailable` with a text for the log; it names the secret and never holds its value. */
export function secretProblem(internal: string, cause?: unknown): SluiceError {
  return new SluiceError('secret_unavailable', { internal, cause });
}

/** Throws `secret_unavailable` for what Key Vault would not take as a name. */
export function requireSecretName(name: string): void {
  if (/^[0-9A-Za-z-]{1,127}$/.test(name)) return;
  throw secretProblem(
    `${JSON.stringify(name.slice(0, 127))} is no name of a secret: use letters, digits and dashes.`,
  );
}
