import { join, relative } from 'node:path';
import { catchInterruption, interruptedExitCode } from '../../lib/local-host/start/interruption.ts';
import type { Npm } from './install-production.ts';
import { makePackage, type PackageReport } from './make-package.ts';
import { readOptions, usage } from './options.ts';
import { PackageError } from './package-error.ts';

// 0: the zip is there; 1: it is not, and why; 130: interrupted.
const root = join(import.meta.dirname, '../..');
const interruption = catchInterruption();

try {
  await run(interruption.signal);
} catch (error) {
  const { aborted } = interruption.signal;
  const text = error instanceof PackageError ? `error: ${error.message}` : error;
  console.error(aborted ? 'Interrupted; nothing was written.' : text);
  process.exitCode = aborted ? interruptedExitCode : 1;
}
interruption.dispose();

async function run(signal: AbortSignal): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === undefined) return console.log(usage);
  report(await makePackage({ ...options, root, npm: findNpm(), signal }));
}

/** The npm that runs this, with this very Node; the one on the PATH otherwise. */
function findNpm(): Npm {
  const script = process.env['npm_execpath'] ?? '';
  return /[\\/]npm-cli\.js$/.test(script)
    ? { command: process.execPath, args: [script] }
    : { command: 'npm', args: [] };
}

function report({ file, zipBytes, sha256, parts, notes }: PackageReport): void {
  for (const { name, files, bytes } of parts) {
    const count = files.toLocaleString('en').padStart(6);
    console.log(`${name.padEnd(13)}${count} files ${megabytes(bytes).padStart(6)} MB`);
  }
  console.log(`${relative('.', file)}: ${megabytes(zipBytes)} MB, SHA-256 ${sha256}`);
  for (const note of notes) console.log(`\nNote: ${note}`);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
