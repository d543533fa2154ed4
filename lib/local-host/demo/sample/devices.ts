import type { SampleRow } from './fill-table.ts';
import { dayBefore, someDay, someMoment, someTime } from './moments.ts';
import type { Random } from './random.ts';
import type { SampleTenant } from './tenants.ts';

const models = [
  'Fabrikam Slate 13',
  'Fabrikam Slate 15 "Pro"',
  'Adatum Tower, small',
  'Litware Ward Tablet',
  'Proseware Handheld X2',
] as const;
const memorySizes = [4_096, 8_192, 16_384, 32_768, 65_536] as const;
const systems = ['Windows 11', 'Ubuntu 24.04', 'macOS 15', 'Android 15'] as const;

/** Computers and phones of one tenant. */
export function* sampleDevices(tenant: SampleTenant, random: Random): Generator<SampleRow> {
  for (let number = 1; number <= tenant.rows.devices; number += 1) {
    yield device(tenant, number, random);
  }
}

function device(tenant: SampleTenant, number: number, random: Random): SampleRow {
  const isRetired = random.chance(0.1);
  return [
    uuid(random),
    tenant.id,
    `${tenant.id === 't-1001' ? 'NWC' : 'CTL'}-${String(number).padStart(5, '0')}`,
    random.chance(0.97) ? serialNumber(random) : null,
    random.pick(models),
    random.pick(memorySizes),
    // Beyond 2^53: a reader that takes it for a floating-point number gets it wrong.
    9_007_199_254_740_993n + BigInt(random.below(1_000_000_000)) * 2n,
    random.chance(0.6) ? random.below(10_000) / 10_000 : null,
    random.chance(0.95) ? (random.between(19_900, 349_900) / 100).toFixed(2) : null,
    random.chance(0.95) ? bookValue(random) : null,
    isRetired ? 0 : 1,
    someDay(random, 1_500),
    random.chance(0.3) ? someTime(random) : null,
    isRetired ? `${dayBefore(400)} 00:00:00` : someMoment(random, 30),
    hardware(random),
    random.chance(0.8) ? random.bytes(32) : null,
  ];
}

function uuid(random: Random): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Some look like numbers with zeros in front, which spreadsheets love to drop. */
function serialNumber(random: Random): string {
  const digits = String(random.below(100_000_000)).padStart(10, '0');
  return random.chance(0.5) ? digits : `SN${digits}`;
}

function bookValue(random: Random): string {
  const units = random.between(1, 4_000);
  return `${units}.${String(random.below(1_000_000_000)).padStart(9, '0')}0`;
}

function hardware(random: Random): string {
  return JSON.stringify({
    system: random.pick(systems),
    cores: 2 ** random.between(1, 4),
    disks: [{ kind: 'ssd', gigabytes: 128 * 2 ** random.between(0, 4) }],
    note: random.chance(0.05) ? 'lid, hinge & "left" key loose' : null,
  });
}
