import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { Bicep } from './bicep/bicep.ts';
import { bicepHere } from './bicep/here.ts';
import { stampOf, templateProblems, unusedFiles } from './check.ts';
import { Copy } from './copy.ts';

const folder = join(import.meta.dirname, '../../infra');

const brokenCopies = z.array(
  z.strictObject({
    what: z.string(),
    /** `compiled`, or the parameter file whose stamp shows it. */
    in: z.string(),
    file: z.string(),
    from: z.string(),
    to: z.string(),
    /** A part of one finding. */
    says: z.string().min(1),
  }),
);

const broken = brokenCopies.parse(
  parse(readFileSync(join(import.meta.dirname, 'samples/broken.yaml'), 'utf8')),
);

let bicep: Bicep;

beforeAll(() => {
  if (bicepHere !== undefined) bicep = Bicep.start(bicepHere, folder);
});

afterAll(() => bicep?.close());

describe.skipIf(bicepHere === undefined)('A4 K2 S39 the templates', { timeout: 300_000 }, () => {
  test('compile and are linted without a word, and their own words are right', async () => {
    expect(await templateProblems(bicep, folder)).toEqual([]);
    expect(await unusedFiles(bicep, folder)).toEqual([]);
  });

  test.each(['main', 'main.prod-westeurope'])('lead to a good stamp by %s', async (name) => {
    const { resources, problems } = await stampOf(bicep, name, `${name}.bicepparam`);
    expect(problems).toEqual([]);
    expect(resources.length).toBeGreaterThan(50);
  });

  test('of which a file is used nowhere are found', async () => {
    using copy = new Copy(folder);
    copy.write('modules/stray.bicep', "metadata name = 'Stray'");
    expect(await unusedFiles(bicep.in(copy.path), copy.path)).toEqual([
      'modules/stray.bicep: main.bicep is not made of it.',
    ]);
  });

  test.each(broken)('broken by $what are found', async ({ in: where, file, from, to, says }) => {
    using copy = new Copy(folder);
    copy.replace(file, from, to);
    const findings = await findingsIn(bicep.in(copy.path), copy.path, where, file);
    expect(
      findings.filter((finding) => finding.includes(says)),
      findings.join('\n'),
    ).not.toEqual([]);
  });
});

async function findingsIn(own: Bicep, path: string, where: string, file: string) {
  if (where !== 'compiled') return (await stampOf(own, where, where)).problems;
  if (file.endsWith('.bicepparam')) return await own.compileParameters(file);
  return await templateProblems(own, path, file);
}
