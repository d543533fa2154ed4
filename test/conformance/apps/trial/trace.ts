import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Writes a line that the test reads, even if this process is killed right after. */
export function note(line: string): void {
  appendFileSync(process.env['TRIAL_TRACE'] ?? 'trial.log', `${line}\n`);
}

/** Waits until the test makes the file, at most ten seconds. */
export async function gate(name: string): Promise<void> {
  const path = `${process.env['TRIAL_TRACE']}.${name}`;
  const deadline = Date.now() + 10_000;
  while (!existsSync(path) && Date.now() < deadline) await pause(10);
}
