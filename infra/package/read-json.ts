import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PackageError, reasonOf } from './package-error.ts';

/** A JSON file of the checkout through a schema; a PackageError when it is missing or of another shape. */
export function readJson<T>(root: string, name: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parse(root, name));
  if (parsed.success) return parsed.data;
  const error = parsed.error;
  throw new PackageError(`${name} has mistakes:\n${z.prettifyError(error)}`, { cause: error });
}

function parse(root: string, name: string): unknown {
  try {
    return JSON.parse(readFileSync(join(root, name), 'utf8'));
  } catch (error) {
    throw new PackageError(`${name} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}
