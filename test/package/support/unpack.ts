import { run, runWell } from './run.ts';

/** Unpacks with somebody else's program: unzip, or else Python's zipfile. */
export async function unpack(zip: string, folder: string): Promise<void> {
  const programs: readonly (readonly [string, readonly string[]])[] = [
    ['unzip', ['-q', zip, '-d', folder]],
    ['python3', ['-m', 'zipfile', '-e', zip, folder]],
  ];
  for (const [command, args] of programs) {
    if (await isThere(command)) {
      await runWell(command, args);
      return;
    }
  }
  throw new Error('This test reads the zip with unzip or python3, and needs one of them.');
}

async function isThere(command: string): Promise<boolean> {
  try {
    await run(command, ['--help']);
    return true;
  } catch {
    return false;
  }
}
