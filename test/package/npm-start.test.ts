import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { checkout, copyBuiltCheckout } from './support/checkout.ts';

// `npm start` as a newcomer meets it: in a clone of its own, ended in every way that a terminal knows.

let folder: string;
let child: ChildProcess | undefined;
let printed = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-clone-'));
  await copyBuiltCheckout(folder);
  const example = 'local.settings.example.json';
  await copyFile(join(checkout, example), join(folder, example));
});
afterEach(async () => {
  if (child?.pid !== undefined && child.exitCode === null) tryEnd(-child.pid);
  await waitFor('everything to be gone', isIdle, 30_000);
  await rm(folder, { recursive: true, force: true });
});

/** Under a shell in between, as npm starts it. */
async function start(port: number): Promise<void> {
  printed = '';
  const command = `"${process.execPath}" lib/local-host/start/main.ts --local-host --port ${port}; true`;
  child = spawn('sh', ['-c', command], { cwd: folder, detached: true });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  await once(child, 'spawn');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

/** Programs that work for this clone: host and emulator name its folder on their command lines. */
function running(): readonly string[] {
  const lines = execFileSync('ps', ['-eo', 'pid,args']).toString().split('\n');
  return lines.filter((line) => line.includes(`${folder}/`) || line.includes(`--app ${folder}`));
}

const isIdle = async () => (running().length === 0 ? true : undefined);

function tryEnd(target: number): void {
  try {
    process.kill(target, 'SIGTERM');
  } catch {
    // Gone already.
  }
}

const said = (text: string) =>
  waitFor(text, async () => (printed.includes(text) ? true : undefined), 180_000);

describe('a mistake: nothing is started, each stands on a line of its own', () => {
  test('a catalog that is not JSON, then one that does not fit, then a malformed secret', async () => {
    await writeFile(join(folder, 'mine.json'), '{\n  "sources": {}\n  "tables": []\n}\n');
    const settings = join(folder, 'local.settings.json');
    const write = (values: object) => writeFile(settings, JSON.stringify({ Values: values }));
    await write({ SLUICE_CATALOG: 'mine.json' });
    const port = await freePort();
    await start(port);
    await said('run npm start again');
    expect(printed).toContain('\n  mine.json:3:3: expected a comma or }\n');

    await writeFile(
      join(folder, 'mine.json'),
      '{"sources": {}, "tables": [{"name": "A"}], "x": 1}',
    );
    await start(port);
    await said('run npm start again');
    expect(printed).toMatch(/\n {2}mine\.json at \/tables\/0\/name: /);
    expect(printed).toContain('\n  mine.json at /x: there is no such field\n');

    const { Values } = JSON.parse(await readFile(settings, 'utf8'));
    await write({
      ...Values,
      SLUICE_CATALOG: './lib/config/catalog.example.json',
      SLUICE_SECRET_SLUICE_SIGNING_KEY: 'half-a-key',
    });
    await start(port);
    await said('run npm start again');
    expect(printed).toContain('\n  SLUICE_SECRET_SLUICE_SIGNING_KEY is malformed: ');
    expect(printed).not.toContain('half-a-key');
    expect(printed).not.toMatch(/^ +at /m);
    expect(running()).toEqual([]);
  });
});

describe('it is ready when it says so, and leaves nothing behind', () => {
  test.each([
    ['SIGTERM to the shell alone', (pid: number) => process.kill(pid, 'SIGTERM')],
    ['SIGHUP to all, as a terminal that closes', (pid: number) => process.kill(-pid, 'SIGHUP')],
  ])('%s', async (_, end) => {
    const port = await freePort();
    await start(port);
    await said('Sluice is ready');
    const answer = await fetch(`http://127.0.0.1:${port}/api/health/ready`);
    expect(answer.status).toBe(200);
    expect(running().length).toBeGreaterThanOrEqual(2);
    end(child?.pid ?? 0);
    await waitFor(
      'the end of it all',
      async () => (running().length === 0 ? true : undefined),
      30_000,
    );
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
  });

  test('a second one in the same folder is refused, in another it has an emulator of its own', async () => {
    const [first, second] = [await freePort(), await freePort()];
    await start(first);
    await said('Sluice is ready');
    const usual = /ports (\d+), \d+ and \d+/.exec(printed)?.[1];
    const running = child;
    await start(second);
    await said('Sluice runs in this folder already');
    const clone = await mkdtemp(join(tmpdir(), 'sluice-clone-'));
    const mine = folder;
    try {
      await copyBuiltCheckout(clone);
      const example = 'local.settings.example.json';
      await copyFile(join(checkout, example), join(clone, example));
      folder = clone;
      await start(second);
      await said('Sluice is ready');
      expect(/ports (\d+), \d+ and \d+/.exec(printed)?.[1]).not.toBe(usual);
      process.kill(-(child?.pid ?? 0), 'SIGTERM');
    } finally {
      folder = mine;
      child = running;
      await rm(clone, { recursive: true, force: true });
    }
  });
});
