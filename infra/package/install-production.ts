import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PackageError, reasonOf } from './package-error.ts';

/** How npm is started, e.g. `node` with the path of its script. */
export interface Npm {
  readonly command: string;
  readonly args: readonly string[];
}

export interface InstallRequest {
  readonly root: string;
  readonly npm: Npm;
  readonly signal: AbortSignal;
}

/** A folder with nothing but `node_modules` worth packing; it is removed when disposed of. */
export interface Installed extends AsyncDisposable {
  readonly folder: string;
}

/**
 * Installs what package-lock.json names for production into a temporary folder: no scripts run, and
 * the platform is Azure's (Linux, x64), whatever this machine is. Throws a PackageError with npm's own words.
 */
export async function installProduction({ root, npm, signal }: InstallRequest): Promise<Installed> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-package-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  // .npmrc names the registry, where a checkout has one of its own.
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    if (existsSync(join(root, name))) copyFileSync(join(root, name), join(folder, name));
  }
  await runNpm(npm, folder, signal);
  const done = started.move();
  return { folder, [Symbol.asyncDispose]: () => done.disposeAsync() };
}

const flags: readonly string[] = [
  ...['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'],
  ...['--os=linux', '--cpu=x64', '--libc=glibc'],
];

async function runNpm(npm: Npm, folder: string, signal: AbortSignal): Promise<void> {
  // `npm --prefix <checkout> run package` hands its prefix down; without ours npm would empty that checkout.
  const args = [...npm.args, ...flags, '--prefix', folder];
  const options = { cwd: folder, signal, maxBuffer: 64 * 2 ** 20 };
  const running = promisify(execFile)(npm.command, args, options);
  try {
    await running;
  } catch (error) {
    await ended(running.child);
    signal.throwIfAborted();
    throw new PackageError(explain(error), { cause: error });
  }
}

/** Interrupted, it goes on writing for a moment, into a folder that is to be removed. */
async function ended(child: ChildProcess): Promise<void> {
  const isRunning = child.exitCode === null && child.signalCode === null;
  if (child.pid !== undefined && isRunning) await once(child, 'exit');
}

const linesMax = 12;

function explain(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const lines = said.match(/(?<=^npm error ).+$/gm) ?? [`npm: ${reasonOf(error)}`];
  const next = said.includes('EUSAGE')
    ? 'npm install, check package-lock.json into the repository, and npm run package again'
    : 'see that npm ci works in this folder, and npm run package again';
  const shown = lines.slice(0, linesMax).map((line) => `  ${line}`);
  return ['The dependencies cannot be installed:', ...shown, 'Next:', `  ${next}`].join('\n');
}
