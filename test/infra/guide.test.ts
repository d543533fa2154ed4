import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { guidePath, readGuide } from '../../infra/guide/read-guide.ts';
import { settings } from '../../lib/config/settings.ts';
import { errorTable } from '../../lib/core/errors.ts';
import { optionalSecretNames, secretNames } from '../../lib/core/secrets.ts';

const root = join(import.meta.dirname, '../..');
const { stands: guide, shouldStand } = readGuide();
const found = (pattern: RegExp) => [...guide.matchAll(pattern)].map(([, text]) => text ?? '');

/** The rows of the first table under a heading, without its head. */
function rowsUnder(heading: string): readonly string[] {
  const section = guide
    .slice(guide.indexOf(`\n${heading}\n`))
    .split('\n')
    .slice(2);
  const rows = section.slice(section.findIndex((line) => line.startsWith('|---')) + 1);
  return rows.slice(
    0,
    rows.findIndex((line) => !line.startsWith('|')),
  );
}

describe('the operator’s guide', () => {
  test('has the tables of settings and alerts as they are', () => {
    expect(guide, 'run `npm run guide`').toBe(shouldStand);
  });

  test('names every setting that an operator can give', () => {
    const missing = settings.filter(({ name }) => !guide.includes(`| \`${name}\` |`));
    expect(missing).toEqual([]);
  });

  test('tells how to rotate every secret', () => {
    const rotation = guide.slice(guide.indexOf('\n## Rotating every secret\n'));
    const section = rotation.slice(0, rotation.indexOf('\n## Backup'));
    const names = [...Object.values(secretNames), ...Object.values(optionalSecretNames)];
    expect(names.filter((name) => !section.includes(name))).toEqual([]);
  });

  test('knows at least fifteen things that go wrong, each with its meaning and a remedy', () => {
    const rows = rowsUnder('### What people see');
    expect(rows.length).toBeGreaterThanOrEqual(15);
    const thin = rows.filter(
      (row) => row.split(/(?<!\\)\|/).filter((cell) => /\w/.test(cell)).length !== 3,
    );
    expect(thin).toEqual([]);
  });

  test('leads only to files and headings that there are', () => {
    const targets = found(/\]\(([^)\s]+)\)/g).filter((target) => !target.startsWith('https:'));
    const anchors = new Set(found(/^#+ (.+)$/gm).map(anchorOf));
    const broken = targets.filter((target) =>
      target.startsWith('#')
        ? !anchors.has(target.slice(1))
        : !existsSync(join(dirname(guidePath), target)),
    );
    expect(targets.length).toBeGreaterThan(20);
    expect(broken).toEqual([]);
  });

  test('has nobody run a script that there is not', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const named = found(/npm run (?:-s )?([\w:]\S*[\w])/g);
    expect(named).toContain('secrets');
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  test('names only parameters, outputs and modules that the template has', () => {
    const template = readFileSync(join(root, 'infra/main.bicep'), 'utf8');
    const types = readFileSync(join(root, 'infra/types.bicep'), 'utf8');
    const named = [
      ...['environmentName', 'privateNetwork', 'otherStamps', 'operatorPrincipalId'],
      ...['operatorRanges', 'zoneRedundant', 'logDailyQuotaGb', 'collector', 'outboundAddress'],
      ...['exportsPublic', 'exportRanges', 'databases', 'peerings', 'maximumInstanceCount'],
      ...['alwaysReadyDurable', 'instanceMemoryMB', 'siteUpdateStrategy', 'auditHeads'],
      ...['apiPublic', 'dnsServers', 'nodeVersion', 'deleteLocks', 'webhookTrustedHosts'],
      ...['sourceWaitMinutes', 'tableRunsMax'],
    ];
    const unknown = named.filter(
      (name) => !guide.includes(name) || !new RegExp(`\\b${name}\\b`).test(template + types),
    );
    expect(unknown).toEqual([]);
  });

  test('speaks of error codes that there are', () => {
    const codes = found(/(?:with|or|503|401|421) `([a-z]+_[a-z]+[a-z_]*)`/g);
    expect(codes.length).toBeGreaterThan(3);
    expect(codes.filter((code) => !Object.hasOwn(errorTable, code))).toEqual([]);
  });
});

/** The anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-');
}
