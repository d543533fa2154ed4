const secondsMax = 30 * 24 * 3600;

/**
 * The seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds, or a date in one of its
 * three forms), at most 30 days; undefined when it is absent or makes no sense.
 */
export function retryAfterSeconds(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^[0-9]{1,15}$/.test(header)) return Math.min(Number(header), secondsMax);
  const atMs = httpDate(header, now);
  if (atMs === undefined) return undefined;
  const seconds = Math.ceil((atMs - now.getTime()) / 1000);
  return Math.min(Math.max(seconds, 0), secondsMax);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const month = `(?<month>${months.join('|')})`;
const time = '(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})';

/** RFC 9110, 5.6.7: the form of today, and the two that a recipient must accept. Date.parse takes far more. */
const forms: readonly RegExp[] = [
  new RegExp(`^[A-Z][a-z]{2}, (?<day>[0-9]{2}) ${month} (?<year>[0-9]{4}) ${time} GMT$`),
  new RegExp(`^[A-Z][a-z]{5,8}, (?<day>[0-9]{2})-${month}-(?<year>[0-9]{2}) ${time} GMT$`),
  new RegExp(`^[A-Z][a-z]{2} ${month} (?<day>[0-9 ][0-9]) ${time} (?<year>[0-9]{4})$`),
];

/** Milliseconds since 1970; undefined for what is no date. */
function httpDate(text: string, now: Date): number | undefined {
  const parts = forms.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (parts === undefined) return undefined;
  const [day = 0, hour = 0, minute = 0, second = 0] = ['day', 'hour', 'minute', 'second'].map(
    (name) => Number(parts[name]),
  );
  const year = fullYear(parts['year'] ?? '', now);
  const date = new Date(
    Date.UTC(year, months.indexOf(parts['month'] ?? ''), day, hour, minute, Math.min(second, 59)),
  );
  // The calendar carries a 31st of June over into July, and 24:00 into the next day.
  const isReal = date.getUTCDate() === day && date.getUTCHours() === hour && second <= 60;
  return isReal && date.getUTCMinutes() === minute ? date.getTime() : undefined;
}

/** Of two digits: a year that seems more than 50 years ahead is the last one in the past with them. */
function fullYear(digits: string, now: Date): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = now.getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}
