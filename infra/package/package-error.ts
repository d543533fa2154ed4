/** A mistake in what was given or found, told to the operator; nothing has been written. */
export class PackageError extends Error {
  override readonly name = 'PackageError';
}

/** The code of a failed call to the system, as `ENOENT`, or what the error says. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.message : String(error);
}
