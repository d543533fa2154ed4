import type { Random } from './random.ts';

// Fixed, so that the data is the same whenever it is made.
const lastDay = Date.UTC(2026, 8, 30);
const dayMs = 86_400_000;

/** A day of the last `days` days before the sample's end, `YYYY-MM-DD`. */
export function someDay(random: Random, days: number): string {
  return dayBefore(random.below(days));
}

/** A second of the last `days` days, as SQLite writes times: `YYYY-MM-DD HH:MM:SS`, UTC. */
export function someMoment(random: Random, days: number): string {
  return `${someDay(random, days)} ${someTime(random)}`;
}

/** A time of day, `HH:MM:SS`. */
export function someTime(random: Random): string {
  return [random.below(24), random.below(60), random.below(60)].map(twoDigits).join(':');
}

/** The day so many days before the sample's end, `YYYY-MM-DD`. */
export function dayBefore(days: number): string {
  return new Date(lastDay - days * dayMs).toISOString().slice(0, 10);
}

export function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
