/** A mistake in the app, its settings or its use of the platform, told to the developer who runs the host. */
export class HostError extends Error {
  override readonly name = 'HostError';
}

/** What was thrown, as an Error; the same wording the real worker uses for things that are not errors. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(describe(thrown));
}

function describe(thrown: unknown): string {
  if (thrown === undefined || thrown === null) return 'Unknown error';
  if (typeof thrown === 'string') return thrown;
  return typeof thrown === 'object' ? JSON.stringify(thrown) : String(thrown);
}
