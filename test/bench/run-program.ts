import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Beside the PATH. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end and answers its output. It has a process group of its own, so that an
 * abort ends the whole pipeline. Throws with what it said when it fails.
 */
export async function runProgram({ command, args, env, signal }: Program): Promise<string> {
  signal.throwIfAborted();
  const child = spawn(command, [...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const endGroup = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', endGroup);
  process.once('exit', endGroup);
  try {
    const [output, complaint, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    signal.throwIfAborted();
    if (exitCode === 0) return output;
    throw new Error(`${command} ended with ${exitCode}:\n${complaint.slice(-4_000)}`);
  } finally {
    process.off('exit', endGroup);
    signal.removeEventListener('abort', endGroup);
  }
}
