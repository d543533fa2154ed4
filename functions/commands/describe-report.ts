import type { SecretReport } from '../../lib/core/own-secrets/check-secrets.ts';

const nameWidth = 30;
const findingWidth = 12;
const dayMs = 86_400_000;

/** One line of `check`: name, finding, age, and what is wrong; no value. */
export function describeReport(report: SecretReport, now: Date): string {
  const finding = texts[report.finding];
  const columns = [
    report.name.padEnd(nameWidth),
    finding.padEnd(findingWidth),
    detail(report, now),
  ];
  return columns.join('').trimEnd();
}

const texts: Readonly<Record<SecretReport['finding'], string>> = {
  ok: 'ok',
  not_needed: 'not there',
  missing: 'MISSING',
  malformed: 'MALFORMED',
  disabled: 'DISABLED',
  deleted: 'DELETED',
  unfinished: 'UNFINISHED',
};

function detail({ finding, madeAt, goneAt, why }: SecretReport, now: Date): string {
  const age = madeAt === undefined ? '' : `${daysBetween(madeAt, now)} days old`;
  switch (finding) {
    case 'ok':
    case 'disabled':
    case 'missing':
      return age;
    case 'not_needed':
      return 'not needed';
    case 'malformed':
      return `${age}; ${why ?? ''}`;
    case 'deleted':
      return goneAt === undefined
        ? ''
        : `can be recovered until ${goneAt.toISOString().slice(0, 10)}`;
    case 'unfinished':
      return `${age}; it equals the present one: a rotation was begun, run it again`;
  }
}

function daysBetween(from: Date, to: Date): number {
  return Math.max(0, Math.floor((to.getTime() - from.getTime()) / dayMs));
}
