/** Something in the demo is not as it must be; the message says what, in words for the reader. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

/** Throws a DemoError with this message unless the condition holds. */
export function mustHold(condition: boolean, message: string): asserts condition {
  if (!condition) throw new DemoError(message);
}
