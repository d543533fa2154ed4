import { execFile } from 'node:child_process';

/** How a program ended and what it said. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** On top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end; throws only when it cannot be started. */
export function run(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: RunOptions = {},
): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const options = { ...(cwd === undefined ? {} : { cwd }), env: { ...process.env, ...env } };
  execFile(command, [...args], { ...options, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
    if (error === null) return resolve({ exitCode: 0, stdout, stderr });
    if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr });
    else reject(error);
  });
  return promise;
}

/** The same; throws with what the program said unless it ended well. */
export async function runWell(
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<string> {
  const { exitCode, stdout, stderr } = await run(command, args, options);
  if (exitCode === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${exitCode}:\n${stderr}${stdout}`);
}
