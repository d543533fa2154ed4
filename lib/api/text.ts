import { z } from 'zod';

/** A text of one line: no control characters, at least one character, at most `lengthMax`. */
export function lineOfText(lengthMax: number): z.ZodString {
  return z
    .string()
    .min(1)
    .max(lengthMax)
    .regex(/^\P{Cc}*$/u, 'Leave control characters out.');
}

/** A moment in answers: ISO 8601, UTC, with `Z`. */
export const moment = z.iso.datetime();

/** A SHA-256 in answers: 64 hexadecimal digits. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Rows, bytes and other counts in answers. */
export const count = z.int().nonnegative();
