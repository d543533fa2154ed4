import type { SampleRow } from './fill-table.ts';
import { dayBefore, twoDigits } from './moments.ts';
import type { Random } from './random.ts';
import type { SampleTenant } from './tenants.ts';

const applications = [
  'Ward Planner',
  'Label Scanner',
  'Mail',
  'Browser',
  'Spreadsheet "Classic"',
  'Route Map, offline',
  'Remote Desk',
  'Notes',
] as const;

const days = 90;

/**
 * Application use of all tenants in the order of time, their rows mixed as in a live system. Exactly
 * as many rows for each as it is said to have.
 */
export function* sampleAppUsage(
  tenants: readonly [SampleTenant, SampleTenant],
  random: Random,
): Generator<SampleRow> {
  const [first, second] = tenants;
  const total = first.rows.appUsage + second.rows.appUsage;
  const clock = createClock(total);
  let firstLeft = first.rows.appUsage;
  for (let number = 0; number < total; number += 1) {
    const isFirst = random.below(total - number) < firstLeft;
    if (isFirst) firstLeft -= 1;
    yield usage(isFirst ? first : second, number + 1, clock(number), random);
  }
}

function usage(tenant: SampleTenant, id: number, startedAt: string, random: Random): SampleRow {
  const share = random.below(11_000);
  return [
    id,
    tenant.id,
    random.between(1, tenant.rows.devices),
    random.pick(applications),
    startedAt,
    random.between(1, 3_600),
    share < 10_000 ? share / 10_000 : null,
    share % 500 === 0 ? 1 : 0,
  ];
}

/** Spreads the rows evenly over the days; the texts of days and seconds are made once. */
function createClock(total: number): (number: number) => string {
  const dayTexts = Array.from({ length: days }, (_, index) => dayBefore(days - 1 - index));
  const seconds = Array.from({ length: 86_400 }, (_, second) => timeText(second));
  return (number) => {
    const elapsed = Math.floor((number / total) * days * 86_400);
    return `${dayTexts[Math.floor(elapsed / 86_400)] ?? ''} ${seconds[elapsed % 86_400] ?? ''}`;
  };
}

function timeText(second: number): string {
  const parts = [Math.floor(second / 3_600), Math.floor(second / 60) % 60, second % 60];
  return parts.map(twoDigits).join(':');
}
