import { join } from 'node:path';
import { findBicep } from './find-bicep.ts';

const found = findBicep(process.env, join(import.meta.dirname, '../../..'));

/** The CLI of this machine. Tests that need one are skipped where there is none, and fail in CI. */
export const bicepHere = 'path' in found ? found.path : undefined;

if ('missing' in found && found.failed) throw new Error(found.missing);
