import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Certificates, createCertificates } from './certificates.ts';

export interface AzuriteOptions {
  /** Serves HTTPS with a certificate of its own authority; see `caFile`. */
  readonly https?: boolean;
  /** Takes bearer tokens too (any unsigned JWT of the right shape); implies `https`. */
  readonly oauth?: boolean;
  /** Where the data lives. Without it a temporary folder that `stop` removes. */
  readonly location?: string;
  /** Keeps nothing on disk; everything is lost with `pause` and `restart`. */
  readonly inMemory?: boolean;
  /** Fixed ports; without them free ones. */
  readonly ports?: AzuritePorts;
}

export interface AzuritePorts {
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
}

/** A running storage emulator: blobs, queues and tables. */
export interface Azurite extends AsyncDisposable {
  readonly connectionString: string;
  /** With the account in the path and no slash at the end. */
  readonly blobUrl: string;
  readonly queueUrl: string;
  readonly tableUrl: string;
  readonly ports: AzuritePorts;
  /** Only with `https` or `oauth`. */
  readonly certificates: Certificates | undefined;
  readonly caFile: string | undefined;
  /** Ends the process and keeps the data and the ports: the beginning of an outage. */
  pause(): Promise<void>;
  /** Starts it again after `pause`, on the same ports and data. */
  resume(): Promise<void>;
  /** `pause`, then `resume`. */
  restart(): Promise<void>;
  /** Ends it for good. May be called twice. */
  stop(): Promise<void>;
}

export const azuriteAccount = 'devstoreaccount1';
/** The emulator's published key. */
export const azuriteKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Starts Azurite on 127.0.0.1 and answers when all its services listen. */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-azurite-'));
  const secure = options.https === true || options.oauth === true;
  const certificates = secure ? await createCertificates(home) : undefined;
  const location = options.location ?? join(home, 'data');
  const launch = (ports: AzuritePorts) =>
    startProcess(commandLine({ ...options, location }, ports, certificates));

  let running: RunningProcess | undefined = await launch(options.ports ?? anyPorts);
  const { ports } = running;
  const pause = async () => {
    await running?.end();
    running = undefined;
  };
  const resume = async () => {
    running ??= await launch(ports);
  };
  const stop = async () => {
    await pause();
    await rm(home, { recursive: true, force: true });
  };
  return {
    ...addressesOf(ports, secure ? 'https' : 'http'),
    ports,
    certificates,
    caFile: certificates?.caFile,
    pause,
    resume,
    restart: async () => {
      await pause();
      await resume();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const anyPorts: AzuritePorts = { blob: 0, queue: 0, table: 0 };
const startTimeoutMs = 60_000;
const endTimeoutMs = 10_000;

function commandLine(
  options: AzuriteOptions & { readonly location: string },
  ports: AzuritePorts,
  certificates: Certificates | undefined,
): readonly string[] {
  const services = Object.entries(ports).flatMap(([service, port]) => [
    `--${service}Host`,
    '127.0.0.1',
    `--${service}Port`,
    String(port),
  ]);
  const tls =
    certificates === undefined
      ? []
      : ['--cert', certificates.certFile, '--key', certificates.keyFile];
  return [
    createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js'),
    ...services,
    ...['--silent', '--skipApiVersionCheck', '--disableTelemetry'],
    ...(options.inMemory === true ? ['--inMemoryPersistence'] : ['--location', options.location]),
    ...tls,
    ...(options.oauth === true ? ['--oauth', 'basic'] : []),
  ];
}

function addressesOf(ports: AzuritePorts, protocol: 'http' | 'https') {
  const urlOf = (port: number) => `${protocol}://127.0.0.1:${port}/${azuriteAccount}`;
  const blobUrl = urlOf(ports.blob);
  const queueUrl = urlOf(ports.queue);
  const tableUrl = urlOf(ports.table);
  const connectionString = [
    `DefaultEndpointsProtocol=${protocol}`,
    `AccountName=${azuriteAccount}`,
    `AccountKey=${azuriteKey}`,
    `BlobEndpoint=${blobUrl}`,
    `QueueEndpoint=${queueUrl}`,
    `TableEndpoint=${tableUrl}`,
  ].join(';');
  return { blobUrl, queueUrl, tableUrl, connectionString };
}

interface RunningProcess {
  readonly ports: AzuritePorts;
  end(): Promise<void>;
}

async function startProcess(args: readonly string[]): Promise<RunningProcess> {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  // A test run that dies must not leave the emulator behind.
  const killChild = () => child.kill('SIGKILL');
  process.once('exit', killChild);
  child.once('exit', () => process.off('exit', killChild));
  try {
    return { ports: await readPorts(child), end: () => endProcess(child) };
  } catch (error) {
    await endProcess(child);
    throw error;
  }
}

/** Azurite prints one line with the address of each service once it listens. */
async function readPorts(child: ChildProcess): Promise<AzuritePorts> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new TypeError('Azurite was started without pipes.');
  const heard: string[] = [];
  stderr.on('data', (text: Buffer) => heard.push(text.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
  const found = new Map<string, number>();
  for await (const line of createInterface({ input: stdout })) {
    heard.push(line);
    const match = /Azurite (\w+) service is successfully listening at \w+:\/\/[^:]+:(\d+)/.exec(
      line,
    );
    if (match !== null) found.set(String(match[1]).toLowerCase(), Number(match[2]));
    if (found.size === 3) break;
  }
  clearTimeout(timer);
  const [blob, queue, table] = ['blob', 'queue', 'table'].map((service) => found.get(service));
  if (blob === undefined || queue === undefined || table === undefined) {
    throw new Error(`Azurite did not start: ${heard.join('\n')}`);
  }
  // Nobody reads on; without this a full pipe would stop Azurite.
  stdout.resume();
  return { blob, queue, table };
}

/** Asks it to save and go; it is killed when open connections keep it alive. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs);
  await exited;
  clearTimeout(timer);
}
