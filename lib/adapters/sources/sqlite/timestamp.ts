/**
 * A date-time as SQLite's own functions take it, as ISO 8601 UTC: a bare date is its midnight, no offset
 * means UTC, an offset is counted in, the digits of the fraction stay. Undefined for what names no
 * moment, such as `25:61` or the 30th of February.
 */
export function utcOf(text: string): string | undefined {
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [, day = '', hour = '00', minute = '00', second = '00', fraction = '', sign, ...zone] =
    found;
  if (!isDay(day) || !isTime(hour, minute, second)) return undefined;
  if (sign === undefined) return `${day}T${hour}:${minute}:${second}${fraction}Z`;
  const [zoneHours = 0, zoneMinutes = 0] = zone.map(Number);
  // The farthest zone that SQLite knows is 14 hours away.
  if (zoneHours > 14 || zoneMinutes > 59) return undefined;
  const east = (zoneHours * 60 + zoneMinutes) * (sign === '-' ? -1 : 1);
  return shifted(`${day}T${hour}:${minute}:${second}`, -east, fraction);
}

/** True for `YYYY-MM-DD` that is in the calendar. */
export function isDay(text: string): boolean {
  const [, year = '', month = '', day = ''] = dayPattern.exec(text) ?? [];
  if (month < '01' || month > '12' || day < '01') return false;
  return Number(day) <= daysOf(Number(year), Number(month));
}

/** True for `HH:MM`, `HH:MM:SS` and `HH:MM:SS.fff` of a day. */
export function isTimeOfDay(text: string): boolean {
  const [, hour, minute = '', second = '00'] = timePattern.exec(text) ?? [];
  return hour !== undefined && isTime(hour, minute, second);
}

const pattern =
  /^(\d{4}-\d{2}-\d{2})(?:[T\s]+(\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*(?:[Zz]|([+-])(\d{2}):(\d{2}))?)?\s*$/;
const dayPattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const timePattern = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/;

function isTime(hour: string, minute: string, second: string): boolean {
  return hour < '24' && minute < '60' && second < '60';
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Undefined where the shift leaves the years of four digits. */
function shifted(moment: string, minutes: number, fraction: string): string | undefined {
  const at = new Date(Date.parse(`${moment}Z`) + minutes * 60_000);
  const year = at.getUTCFullYear();
  return year < 0 || year > 9999 ? undefined : `${at.toISOString().slice(0, 19)}${fraction}Z`;
}
