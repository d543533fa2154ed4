import type { SampleRow } from './fill-table.ts';
import { someMoment } from './moments.ts';
import { somePerson } from './people.ts';
import type { Random } from './random.ts';
import type { SampleTenant } from './tenants.ts';

const departments = [
  'Reception',
  'Ward 3, night',
  'Field service',
  'Billing',
  'IT',
  'Fleet',
] as const;
const languages = ['en', 'de', 'fr', 'fi', 'ar', 'he'] as const;

/** People of one tenant, with the kind of personal data that such a table holds. */
export function* sampleUsers(
  tenant: SampleTenant,
  firstId: number,
  random: Random,
): Generator<SampleRow> {
  for (let number = 0; number < tenant.rows.users; number += 1) {
    yield user(tenant, firstId, firstId + number, random);
  }
}

function user(tenant: SampleTenant, firstId: number, id: number, random: Random): SampleRow {
  const { fullName, mailName } = somePerson(random);
  return [
    id,
    tenant.id,
    fullName,
    `${mailName}.${id}@${tenant.mailDomain}`,
    phone(random),
    random.chance(0.9) ? random.pick(departments) : null,
    id === firstId ? null : random.between(firstId, id - 1),
    random.chance(0.7)
      ? `${random.between(1958, 2006)}-0${random.between(1, 9)}-1${random.below(9)}`
      : null,
    random.chance(0.8) ? 1 : 0,
    JSON.stringify({ language: random.pick(languages), darkMode: random.chance(0.5), tips: [] }),
    random.chance(0.1) ? random.bytes(random.between(16, 400)) : null,
    someMoment(random, 1_800),
    random.chance(0.08) ? someMoment(random, 200) : null,
  ];
}

/** NULL is an unknown number, the empty text is "has no phone". Numbers begin with +: a formula to a spreadsheet. */
function phone(random: Random): string | null {
  if (random.chance(0.1)) return null;
  if (random.chance(0.05)) return '';
  return `+1 555 01${String(random.below(100)).padStart(2, '0')}`;
}
