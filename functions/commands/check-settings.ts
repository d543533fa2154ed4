import { resolve } from 'node:path';
import { readEnvironment } from '../../lib/config/env.ts';
import { settingsMistakes } from './settings-mistakes.ts';

/**
 * `npm run check-settings`: says what is wrong with the settings in the environment and with the files that
 * they name, one line each. Asks no service. Exit code 1 when there is anything.
 */
const mistakes = await settingsMistakes(readEnvironment(), resolve('.'));
for (const mistake of mistakes) process.stdout.write(`${mistake}\n`);
process.exitCode = mistakes.length === 0 ? 0 : 1;
