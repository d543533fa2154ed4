import { awkwardTexts, longText } from './awkward-texts.ts';
import type { SampleRow } from './fill-table.ts';
import { someMoment } from './moments.ts';
import type { Random } from './random.ts';
import type { SampleTenant } from './tenants.ts';

const subjects = [
  'Screen stays black after sleep',
  'Cannot print on floor 2',
  'VPN drops every hour',
  'Request: second monitor',
  'Battery swollen?',
  'App closes while scanning labels',
] as const;
const sentences = [
  'It worked yesterday.',
  'I have restarted twice; nothing changed.',
  'The light blinks three times, then stays off.',
  'Please call before noon, the ward is busy later.',
  'Same as last month, see the earlier ticket.',
  'A colleague has the same trouble with her device.',
] as const;
const tags = ['hardware', 'network', 'printing', 'urgent', 'vip, careful', 'wont "fix"'] as const;

/** Support requests with text as people type it; the awkward ones come often enough to be met. */
export function* sampleTickets(
  tenant: SampleTenant,
  ids: { readonly firstTicket: number; readonly firstUser: number },
  random: Random,
): Generator<SampleRow> {
  for (let number = 0; number < tenant.rows.tickets; number += 1) {
    const isClosed = random.chance(0.85);
    yield [
      ids.firstTicket + number,
      tenant.id,
      ids.firstUser + random.below(tenant.rows.users),
      random.chance(0.02) ? random.pick(awkwardTexts) : random.pick(subjects),
      body(number, random),
      isClosed ? resolution(random) : null,
      random.between(1, 4),
      isClosed && random.chance(0.4) ? random.between(10, 50) / 10 : null,
      random.chance(0.5) ? cost(random) : null,
      JSON.stringify(random.chance(0.3) ? [] : [random.pick(tags), random.pick(tags)]),
      someMoment(random, 700),
      isClosed ? someMoment(random, 30) : null,
    ];
  }
}

/** Each awkward text is there for certain; every thousandth body is very long. */
function body(number: number, random: Random): string {
  const certain = awkwardTexts[number];
  if (certain !== undefined) return certain;
  if (number % 1_000 === 999) return longText(number);
  if (random.chance(0.05)) return random.pick(awkwardTexts);
  return Array.from({ length: random.between(1, 6) }, () => random.pick(sentences)).join(' ');
}

/** The empty text means "closed without a word" and is not the same as NULL. */
function resolution(random: Random): string {
  return random.chance(0.2) ? '' : random.pick(sentences);
}

/** More digits than a floating-point number holds, and zeros at the end that count. */
function cost(random: Random): string {
  const sign = random.chance(0.1) ? '-' : '';
  return `${sign}${random.below(10_000)}.${String(random.below(10_000_000)).padStart(7, '0')}0000000000`;
}
