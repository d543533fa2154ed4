import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Run } from '../bicep/run.ts';
import { type Prediction, predict } from './predict.ts';
import { problemsOf } from './problems.ts';
import { contradictions, variants } from './variants.ts';

/**
 * Lets Bicep evaluate every parameter file, and the template with other choices, to the resources that
 * Azure would be asked for. A parameter file is evaluated twice: a second deployment asks for the same.
 */
export function checkStamps(bicep: string, folder: string): readonly Run[] {
  const copy = mkdtempSync(join(tmpdir(), 'sluice-stamps-'));
  try {
    cpSync(folder, copy, { recursive: true });
    const files = readdirSync(copy).filter((name) => name.endsWith('.bicepparam'));
    const write = (text: string, at: number) => {
      const file = `variant-${at}.bicepparam`;
      writeFileSync(join(copy, file), `using 'main.bicep'\n\n${text}\n`);
      return file;
    };
    return [
      ...files.map((file) => evaluateTwice(bicep, copy, file)),
      ...Object.entries(variants).map(([name, text], at) =>
        evaluate(bicep, copy, write(text, at), name),
      ),
      ...Object.entries(contradictions).map(([name, { text, says }], at) =>
        refuse(bicep, copy, write(text, at), { name, says }),
      ),
    ];
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function evaluate(bicep: string, folder: string, file: string, name: string): Run {
  return judged(name, predict(bicep, folder, file));
}

function evaluateTwice(bicep: string, folder: string, file: string): Run {
  const once = predict(bicep, folder, file);
  const run = judged(file, once);
  if (run.failed || isDeepStrictEqual(once, predict(bicep, folder, file))) return run;
  return { ...run, failed: true, output: 'A second deployment asks for something else.' };
}

function judged(name: string, prediction: Prediction): Run {
  const command = `bicep snapshot (${name})`;
  if ('refused' in prediction) return { command, failed: true, output: prediction.refused };
  const problems = problemsOf(prediction.resources);
  return { command, failed: problems.length > 0, output: problems.join('\n') };
}

function refuse(
  bicep: string,
  folder: string,
  file: string,
  { name, says }: { readonly name: string; readonly says: string },
): Run {
  const result = predict(bicep, folder, file);
  const refused = 'refused' in result ? result.refused : '';
  const failed = !refused.includes(says);
  const output = failed ? `It should say "${says}" and said "${refused}".` : '';
  return { command: `bicep snapshot (${name})`, failed, output };
}
