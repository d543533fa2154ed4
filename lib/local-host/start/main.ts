import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { HostError, toError } from '../host-error.ts';
import { catchInterruption } from './interruption.ts';
import { startEverything } from './start-everything.ts';

const usage = `usage: npm start -- [options]
Runs Sluice on this machine: under func (Azure Functions Core Tools) when it is on the PATH, else under
the local host; with Azurite and the sample database when the settings need them.
  --port <n>     default 7071
  --local-host   the local host even where func is on the PATH`;

const interruption = catchInterruption();
try {
  process.exitCode = await run();
} catch (error) {
  if (!interruption.signal.aborted) {
    const known = error instanceof HostError || (error instanceof Error && 'code' in error);
    console.error(known ? toError(error).message : toError(error).stack);
    process.exitCode = 1;
  }
} finally {
  interruption.dispose();
}

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '7071' },
      'local-host': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port < 1 || port > 65_535) {
    throw new HostError('--port must be a whole number from 1 to 65535.');
  }
  const { signal } = interruption;
  return startEverything({
    directory: resolve('.'),
    port,
    avoidFunc: values['local-host'],
    signal,
  });
}
