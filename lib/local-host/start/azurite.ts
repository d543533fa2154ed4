import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { HostError } from '../host-error.ts';
import { isRecord } from '../json.ts';
import { type Child, startChild } from './child-process.ts';

export interface AzuritePorts {
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
}

/** Where every tool looks for the emulator. */
export const defaultAzuritePorts: AzuritePorts = { blob: 10_000, queue: 10_001, table: 10_002 };
const anyPorts: AzuritePorts = { blob: 0, queue: 0, table: 0 };

export interface AzuriteOptions {
  /** Where its data lives. */
  readonly location: string;
  readonly logFile: string;
  /** Free ones unless told otherwise. */
  readonly ports?: AzuritePorts;
}

/** A storage emulator on 127.0.0.1 that was started here. */
export interface Azurite {
  readonly process: Child;
  readonly ports: AzuritePorts;
  readonly connectionString: string;
}

const startTimeoutMs = 60_000;

/** Starts Azurite and answers when blobs, queues and tables listen. */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  const child = await startChild({
    name: 'Azurite',
    command: process.execPath,
    args: [azuriteProgram(), ...argumentsOf(options)],
    logFile: options.logFile,
  });
  try {
    const found = await child.waitForOutput(listeningPatterns, startTimeoutMs);
    const [blob = 0, queue = 0, table = 0] = found.map(Number);
    const ports = { blob, queue, table };
    return { process: child, ports, connectionString: connectionStringOf(ports) };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

const listeningPatterns = ['Blob', 'Queue', 'Table'].map(
  (service) => new RegExp(`${service} service is successfully listening at \\w+://[^:]+:(\\d+)`),
);

/** The program behind the `azurite` command, so that no shell script stands in between. */
function azuriteProgram(): string {
  const require = createRequire(import.meta.url);
  const manifestPath = require.resolve('azurite/package.json');
  const manifest: unknown = require(manifestPath);
  const commands = isRecord(manifest) ? manifest['bin'] : undefined;
  const program = isRecord(commands) ? commands['azurite'] : undefined;
  if (typeof program !== 'string') throw new HostError('Azurite is missing; run "npm ci".');
  return join(dirname(manifestPath), program);
}

/** Our blob client speaks a newer service version than Azurite knows, so it is told not to mind. */
function argumentsOf({ location, ports = anyPorts }: AzuriteOptions): readonly string[] {
  const addresses = Object.entries(ports).flatMap(([service, port]) => [
    `--${service}Host`,
    '127.0.0.1',
    `--${service}Port`,
    String(port),
  ]);
  const habits = ['--silent', '--skipApiVersionCheck', '--disableTelemetry'];
  return [...addresses, ...habits, '--location', location];
}

/** With the emulator's published key, which opens nothing else. */
function connectionStringOf({ blob, queue, table }: AzuritePorts): string {
  const url = (port: number): string => `http://127.0.0.1:${port}/devstoreaccount1`;
  return [
    'DefaultEndpointsProtocol=http',
    'AccountName=devstoreaccount1',
    'AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
    `BlobEndpoint=${url(blob)}`,
    `QueueEndpoint=${url(queue)}`,
    `TableEndpoint=${url(table)}`,
  ].join(';');
}
