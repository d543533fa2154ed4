import { resolveSettings } from '../environment.ts';
import { HostError } from '../host-error.ts';
import { asString } from '../json.ts';
import type { HostFunction } from '../loader/functions.ts';
import { parseNcrontab, type Schedule } from './ncrontab.ts';

/** The schedule of a timer function; %SETTING% references are read from the environment. */
export function timerSchedule({ name, trigger }: HostFunction): Schedule {
  const written = asString(trigger['schedule']);
  if (written === undefined) throw new HostError(`Timer function "${name}" has no schedule.`);
  const schedule = resolveSettings(written);
  return parseInterval(schedule) ?? parseNcrontab(schedule);
}

/** Only timers that never fire more than once a minute remember their last run, as on the real host. */
export function isRemembered(schedule: Schedule, nowMs: number): boolean {
  let previousMs = schedule.next(nowMs);
  for (let turn = 0; turn < 10; turn += 1) {
    const nextMs = schedule.next(previousMs);
    if (nextMs - previousMs < 60_000) return false;
    previousMs = nextMs;
  }
  return true;
}

/** The platform's other form: a fixed pause such as 00:05:00. */
function parseInterval(text: string): Schedule | undefined {
  const found = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})$/.exec(text.trim());
  if (found === null) return undefined;
  const [days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  const pauseMs =
    ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1_000;
  if (pauseMs === 0) throw new HostError(`Schedule "${text}" has no length.`);
  return { next: (afterMs) => afterMs + pauseMs };
}
