const secondsMax = 30 * 24 * 3600;

/**
 * The seconds that a Retry-After header asks for (RFC 9110 §10.2.3: seconds or a date), at most 30
 * days; undefined when it is absent or makes no sense.
 */
export function retryAfterSeconds(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^[0-9]{1,15}$/.test(header)) return Math.min(Number(header), secondsMax);
  // Only the date form of HTTP: Date.parse alone takes far more for a date.
  if (!/^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$/.test(header)) {
    return undefined;
  }
  const seconds = Math.ceil((Date.parse(header) - now.getTime()) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), secondsMax);
}
