import { z } from 'zod';
import { readJson } from './read-json.ts';

const text = z.string().min(1);

const manifestSchema = z.object({
  name: text,
  version: text,
  type: z.literal('module'),
  main: text,
  engines: z.record(z.string(), text),
  dependencies: z.record(z.string(), text),
});

/** The fields of package.json that the app needs in order to run, and no others. */
export type Manifest = z.infer<typeof manifestSchema>;

export function readManifest(root: string): Manifest {
  return readJson(root, 'package.json', manifestSchema);
}

/** The package.json of the zip: no scripts, no development dependencies. */
export function manifestBytes(manifest: Manifest): Uint8Array {
  return Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
}
