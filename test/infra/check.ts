import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bicep } from './bicep/bicep.ts';
import { Copy } from './copy.ts';
import { missingReasons } from './stamps/reasons.ts';
import type { Resource } from './stamps/resource.ts';
import { neverGiven } from './stamps/settings.ts';
import { stampProblems } from './stamps/stamp-problems.ts';
import { contradictions, variants } from './stamps/variants.ts';
import { wordProblems } from './stamps/words.ts';

/** What was found, one line each, and how much was looked at. */
export interface Checked {
  readonly findings: readonly string[];
  readonly files: number;
  readonly stamps: number;
}

/**
 * Lets Bicep compile and lint the templates of a folder and every parameter file, and evaluate each
 * parameter file and some other choices to the resources that Azure would be asked for; then looks at those.
 */
export async function check(process: Bicep, folder: string): Promise<Checked> {
  using copy = new Copy(folder);
  const bicep = process.in(copy.path);
  const files = filesIn(copy.path);
  const parameterFiles = files.filter((file) => file.endsWith('.bicepparam'));
  const compiled = await fileProblems(bicep, copy.path, files);
  if (compiled.length > 0) return { findings: compiled, files: files.length, stamps: 0 };
  const others = Object.entries(variants).map(
    ([name, text]) => [name, copy.parameters(name, text)] as const,
  );
  const stamps = await Promise.all(
    [...parameterFiles.map((file) => [file, file] as const), ...others].map(
      async ([name, file]) => await stampOf(bicep, name, file),
    ),
  );
  const evaluated = stamps.map(({ resources }) => resources);
  return {
    findings: [
      ...stamps.flatMap(({ problems }) => problems),
      ...neverGiven(evaluated),
      ...(await unrefused(bicep, copy)),
    ],
    files: files.length,
    stamps: stamps.length,
  };
}

/** What is wrong with the files themselves. */
async function fileProblems(
  bicep: Bicep,
  folder: string,
  files: readonly string[],
): Promise<readonly string[]> {
  const parameterFiles = files.filter((file) => file.endsWith('.bicepparam'));
  const said = [
    templateProblems(bicep, folder),
    unusedFiles(bicep, folder),
    ...parameterFiles.map(async (file) => await bicep.compileParameters(file)),
  ];
  return [...new Set((await Promise.all(said)).flat())];
}

/** What the compiler and the linter say to a template and all that it is made of, and what its words lack. */
export async function templateProblems(
  bicep: Bicep,
  folder: string,
  file = 'main.bicep',
): Promise<readonly string[]> {
  const { findings, template } = await bicep.compile(file);
  return [
    ...findings,
    ...(template === undefined ? [] : wordProblems(template)),
    ...filesIn(folder).flatMap((one) =>
      missingReasons(one, readFileSync(join(folder, one), 'utf8')),
    ),
  ];
}

/** Templates that nothing compiles, so that nobody would see what is wrong with them. */
export async function unusedFiles(bicep: Bicep, folder: string): Promise<readonly string[]> {
  const used = new Set(await bicep.filesOf('main.bicep'));
  return filesIn(folder)
    .filter((file) => file.endsWith('.bicep') && !used.has(file))
    .map((file) => `${file}: main.bicep is not made of it.`);
}

interface Stamp {
  readonly resources: readonly Resource[];
  readonly problems: readonly string[];
}

/** The stamp that a parameter file leads to, and what is wrong with it. */
export async function stampOf(bicep: Bicep, name: string, file: string): Promise<Stamp> {
  const prediction = await bicep.predict(file);
  if ('refused' in prediction) {
    return { resources: [], problems: [`${name}: ${prediction.refused}`] };
  }
  const { resources } = prediction;
  return { resources, problems: stampProblems(resources).map((one) => `${name}: ${one}`) };
}

/** Choices that contradict each other and are not refused, or are refused with other words. */
async function unrefused(bicep: Bicep, copy: Copy): Promise<readonly string[]> {
  const problems = await Promise.all(
    Object.entries(contradictions).map(async ([name, { text, says }]) => {
      const prediction = await bicep.predict(copy.parameters(name, text));
      const said = 'refused' in prediction ? prediction.refused : '';
      return said.includes(says) ? [] : [`${name}: it should say "${says}" and says "${said}".`];
    }),
  );
  return problems.flat();
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.bicep') || file.endsWith('.bicepparam'))
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}
