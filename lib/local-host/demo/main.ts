import { relative, resolve } from 'node:path';
import { HostError, toError } from '../host-error.ts';
import { catchInterruption, interruptedExitCode } from '../start/interruption.ts';
import type { Demo } from './demo.ts';
import { DemoError } from './demo-error.ts';
import { redact } from './format.ts';
import { lastLines } from './last-lines.ts';
import { createNarrator } from './narrator.ts';
import { runDemo } from './run-demo.ts';
import { createTerminal } from './terminal.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

const interruption = catchInterruption();
const terminal = createTerminal(process.stdout);
const narrator = createNarrator(terminal);
const directory = resolve('.');
const workplace = await openWorkplace(directory);
process.exitCode = await run();
interruption.dispose();

async function run(): Promise<number> {
  try {
    await runAndCleanUp();
  } catch (error) {
    if (interruption.signal.aborted) {
      terminal.line('Interrupted; everything that was started is stopped.');
      await workplace.clear();
      return interruptedExitCode;
    }
    await tellFailure(toError(error), workplace);
    return 1;
  }
  await workplace.clear();
  return 0;
}

async function runAndCleanUp(): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const demo: Demo = { directory, workplace, narrator, signal: interruption.signal, cleanup };
  try {
    await runDemo(demo);
  } finally {
    if (interruption.signal.aborted) terminal.line('Stopping …');
  }
}

async function tellFailure(error: Error, { run: folder, hostLog }: Workplace): Promise<void> {
  const isKnown = error instanceof DemoError || error instanceof HostError;
  const text = isKnown ? error.message : (error.stack ?? error.message);
  narrator.failed(redact(text));
  const lines = await lastLines(hostLog, 20);
  if (lines.length > 0) narrator.plain(['', 'The last lines of the host:', ...lines]);
  narrator.plain(['', `The demo stopped here. Its logs are in ${relative(directory, folder)}`]);
}
