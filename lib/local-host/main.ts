import { parseArgs } from 'node:util';
import { describeFunctions } from './describe-functions.ts';
import { readEnvironment } from './environment.ts';
import { parseFaults } from './faults.ts';
import { HostError, toError } from './host-error.ts';
import { tryParseJson } from './json.ts';
import type { HostOptions } from './options.ts';
import { startLocalHost } from './start.ts';

const usage = `usage: node lib/local-host/main.ts [options]
  --app <dir>             the app's folder (default: here)
  --port <n>              default 7071; 0 takes a free port
  --host <address>        default 127.0.0.1
  --state <file>          default <app>/.sluice/host.sqlite
  --faults <json>         fault switches, see README.md (also: SLUICE_LOCAL_HOST_FAULTS)
  --lenient               reproduce patterns that break on Azure instead of failing on them
  --recovery-delay-ms <n> after a crash, keep unfinished work back this long (default 0)`;

try {
  await run();
} catch (error) {
  const known =
    error instanceof HostError ||
    error instanceof TypeError ||
    // A taken port, a file that may not be read: the system's own words say it.
    (error instanceof Error && 'syscall' in error);
  console.error(known ? error.message : toError(error).stack);
  process.exit(1);
}

async function run(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return console.log(usage);
  const host = await startLocalHost(options);
  console.log(describeFunctions(host.functions));
  console.log(`listening on ${host.url}`);
  void host.failed.then((reason) => {
    console.error(`The host ends: ${reason}`);
    process.exit(1);
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      host.close().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(toError(error).stack);
          process.exit(1);
        },
      );
    });
  }
}

function readOptions(): HostOptions | undefined {
  const { values } = parseArgs({
    options: {
      app: { type: 'string' },
      port: { type: 'string' },
      host: { type: 'string' },
      state: { type: 'string' },
      faults: { type: 'string' },
      lenient: { type: 'boolean' },
      'recovery-delay-ms': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  const faults = values.faults ?? readEnvironment('SLUICE_LOCAL_HOST_FAULTS');
  return {
    ...(values.app === undefined ? {} : { appDirectory: values.app }),
    ...(values.port === undefined ? {} : { port: wholeNumber('--port', values.port) }),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.state === undefined ? {} : { stateFile: values.state }),
    ...(faults === undefined ? {} : { faults: parseFaults(tryParseJson(faults)) }),
    strict: values.lenient !== true,
    recoveryDelayMs: wholeNumber('--recovery-delay-ms', values['recovery-delay-ms'] ?? '0'),
  };
}

function wholeNumber(flag: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new HostError(`${flag} must be a whole number.`);
  return Number(text);
}
