import { z } from 'zod';

/** A text of one line: no control characters, at least one character, at most `lengthMax`. */
export function lineOfText(lengthMax: number): z.ZodString {
  return z
    .string()
    .min(1)
    .max(lengthMax)
    .regex(/^\P{Cc}*$/u, 'Leave control characters out.');
}

const timeWords = 'Send an ISO 8601 date or time, for example 2026-11-20 or 2026-11-20T08:00:00Z.';
const zoneWords =
  'Add the zone to the time: Z, or an offset such as +02:00 (a + is written %2B in a URL).';

/** A time in a query; a date stands for its midnight, UTC. */
export const timeParameter = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: ({ input }) => (lacksZone(input) ? zoneWords : timeWords),
  })
  .transform((text) => new Date(text));

/** Also where a `+` that was not escaped has arrived as a blank. */
function lacksZone(input: unknown): boolean {
  return (
    typeof input === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*( \d\d:?\d\d)?$/.test(input)
  );
}

/** A moment in answers: ISO 8601, UTC, with `Z`. */
export const moment = z.iso.datetime();

/** A SHA-256 in answers: 64 hexadecimal digits. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Rows, bytes and other counts in answers. */
export const count = z.int().nonnegative();
