import { execFile } from 'node:child_process';
import { extname, resolve } from 'node:path';
import { HostError } from '../host-error.ts';
import { environmentOver } from '../setup/environment.ts';

/**
 * Lets the app look at its settings, before anything is started. Throws a HostError with every mistake, each on
 * a line of its own.
 */
export async function checkSettings(
  directory: string,
  values: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const program = resolve(
    import.meta.dirname,
    `../../../functions/commands/check-settings${extname(import.meta.filename)}`,
  );
  const { promise, resolve: settle, reject } = Promise.withResolvers<string>();
  const options = { cwd: directory, env: environmentOver(values), signal };
  execFile(process.execPath, [program], options, (error, stdout, stderr) => {
    if (error === null) settle('');
    else if (stdout.trim() !== '') settle(stdout.trim());
    else reject(new HostError(stderr.trim() === '' ? error.message : stderr.trim()));
  });
  const mistakes = (await promise).split('\n').filter((line) => line !== '');
  if (mistakes.length === 0) return;
  const lines = mistakes.map((mistake) => `  ${mistake}`);
  throw new HostError(
    [
      `Nothing was started: ${mistakes.length === 1 ? 'one mistake' : `${mistakes.length} mistakes`} in local.settings.json, or in what it names:`,
      ...lines,
      'Correct it and run npm start again.',
    ].join('\n'),
  );
}
