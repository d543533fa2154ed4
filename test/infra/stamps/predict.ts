import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBicep } from '../bicep/run.ts';
import type { Resource } from './resource.ts';

/** What Bicep says a parameter file leads to, or what it says against it. */
export type Prediction = { readonly resources: readonly Resource[] } | { readonly refused: string };

const place = [
  ...['--subscription-id', '00000000-0000-0000-0000-000000000001'],
  ...['--resource-group', 'sluice'],
  ...['--location', 'westeurope'],
];

/** Evaluates the parameter file in this folder with `bicep snapshot`; asks nobody in Azure. */
export function predict(bicep: string, folder: string, file: string): Prediction {
  const { status, output } = runBicep(bicep, folder, ['snapshot', file, ...place]);
  if (status !== 0 || output.includes(' : Error ')) return { refused: output };
  const path = join(folder, file.replace(/\.bicepparam$/, '.snapshot.json'));
  if (!existsSync(path)) return { refused: `Bicep wrote no snapshot. ${output}` };
  const text = readFileSync(path, 'utf8');
  const { predictedResources, diagnostics } = JSON.parse(text) as {
    readonly predictedResources: readonly Resource[];
    readonly diagnostics: readonly { readonly level?: string; readonly message?: string }[];
  };
  const errors = diagnostics.filter(({ level }) => level === 'Error');
  if (errors.length > 0) return { refused: errors.map(({ message }) => message).join('\n') };
  return { resources: predictedResources };
}
