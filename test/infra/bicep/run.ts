import { spawnSync } from 'node:child_process';

/** What came of one run of the Bicep CLI. */
export interface Run {
  readonly command: string;
  readonly failed: boolean;
  readonly output: string;
}

/** A template takes seconds; a CLI that waits for something is not waited for longer. */
const timeoutMs = 120_000;

/** Runs the CLI in this folder; a CLI that cannot be started, or takes two minutes, has the status null. */
export function runBicep(
  bicep: string,
  folder: string,
  args: readonly string[],
): { readonly status: number | null; readonly output: string } {
  const options = { cwd: folder, encoding: 'utf8', timeout: timeoutMs } as const;
  const { status, stdout, stderr } = spawnSync(bicep, args, options);
  return { status, output: `${stdout}${stderr}`.trim() };
}
