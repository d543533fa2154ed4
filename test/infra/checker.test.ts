import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Setting } from '../../lib/config/settings.ts';
import { check } from './checker/check.ts';
import { copyWith } from './checker/copy.ts';
import { formatted } from './checker/finding.ts';
import { rules } from './checker/rule.ts';
import { readSourceTree } from './checker/source-tree.ts';

/** Good templates, and copies of them that are broken in one place each. */
const samples = join(import.meta.dirname, 'samples');
const good = readSourceTree(samples, 'good');

const brokenCopies = z.array(
  z.strictObject({
    what: z.string(),
    file: z.string(),
    from: z.string(),
    to: z.string(),
    rule: z.enum(rules),
    /** A part of the message. */
    says: z.string().default(''),
  }),
);

const broken = readdirSync(join(samples, 'broken')).map((name) => ({
  group: name.replace('.yaml', ''),
  copies: brokenCopies.parse(parse(readFileSync(join(samples, 'broken', name), 'utf8'))),
}));

const setting = (name: string, more: Partial<Setting> = {}): Setting => ({
  name,
  required: true,
  description: '',
  ...more,
});

/** The app of the samples has settings of its own, so that the real ones can change. */
const settings: readonly Setting[] = [
  setting('SLUICE_ENVIRONMENT'),
  setting('SLUICE_KEY_VAULT_URL'),
  setting('SLUICE_ISSUERS', { required: false }),
  setting('WEBSITE_HOSTNAME', { required: false, byPlatform: true }),
];

test('good templates have no finding, whatever of Bicep they use', () => {
  const { findings, ...counts } = check(good, settings);
  expect(findings.map(formatted)).toEqual([]);
  expect(counts).toEqual({ files: 7, resources: 21, properties: 157 });
});

test('a finding says the file, the line, the rule and what may have been meant', () => {
  const file = 'good/modules/key-vault.bicep';
  const copy = copyWith(good, file, 'enablePurgeProtection', 'enablePurgeProtecton');
  expect(check(copy, settings).findings.map(formatted)).toEqual([
    `${file}:16 vault-purge: properties.enablePurgeProtection of vault must be true: no secret is lost for good.`,
    `${file}:24 property-unknown: properties has no property enablePurgeProtecton. Did you mean enablePurgeProtection?`,
  ]);
});

test('nothing else is said about templates of which one cannot be read', () => {
  const copy = copyWith(good, 'good/modules/roles.bicep', '{ roleIds }', '{ roleIds');
  const { findings, resources } = check(copy, settings);
  expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(['syntax']));
  expect(resources).toBe(0);
});

describe.each(broken)('a broken copy is found: $group', ({ copies }) => {
  test.each(copies)('$what', ({ file, from, to, rule, says }) => {
    const { findings } = check(copyWith(good, `good/${file}`, from, to), settings);
    const said = findings.filter((finding) => finding.file === `good/${file}`);
    const fitting = said.filter((one) => one.rule === rule && one.message.includes(says));
    expect(fitting.length, findings.map(formatted).join('\n')).toBeGreaterThan(0);
  });
});

test('every rule has a copy that breaks it', () => {
  const broke = new Set(broken.flatMap(({ copies }) => copies.map(({ rule }) => rule)));
  expect(rules.filter((rule) => !broke.has(rule))).toEqual([]);
});
