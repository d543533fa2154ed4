import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRotationOrder } from '../../../functions/commands/read-rotation-order.ts';
import { settingsMistakes } from '../../../functions/commands/settings-mistakes.ts';
import { tellFailure } from '../../../functions/commands/tell-failure.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import { openStore } from '../../../lib/local-host/durable/store/store.ts';
import { HostError } from '../../../lib/local-host/host-error.ts';
import { readSettingsFile } from '../../../lib/local-host/setup/settings-file.ts';
import { lockFolder } from '../../../lib/local-host/start/folder-lock.ts';
import { readReadiness } from '../../../lib/local-host/start/wait-until-ready.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-newcomer-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const exampleCatalog = join(import.meta.dirname, '../../../lib/config/catalog.example.json');
const secret = 'bm90IDMyIGJ5dGVz';
const settings = {
  SLUICE_ENVIRONMENT: 'dev',
  SLUICE_REGION: 'local',
  SLUICE_CATALOG: 'catalog.json',
  SLUICE_STATE_STORAGE: 'UseDevelopmentStorage=true',
  SLUICE_EXPORT_STORAGE: 'UseDevelopmentStorage=true',
};

describe('the mistakes in settings, each with file and place', () => {
  test('every setting that is wrong is named', async () => {
    const found = await settingsMistakes({ SLUICE_REGION: 'local', SLUICE_RETENTON: '7' }, folder);
    expect(found).toContainEqual(expect.stringMatching(/^SLUICE_ENVIRONMENT is missing/));
    expect(found).toContainEqual(expect.stringMatching(/^SLUICE_RETENTON is not a setting/));
  });

  test('a catalog that is not there, is not JSON, or says something wrong', async () => {
    const file = join(folder, 'catalog.json');
    const look = () => settingsMistakes(settings, folder);
    expect(await look()).toEqual([expect.stringMatching(/^catalog\.json: ENOENT; set SLUICE_CAT/)]);
    writeFileSync(file, '{\n  "sources": {},\n  "tables": [,]\n}\n');
    expect(await look()).toEqual([expect.stringMatching(/^catalog\.json:3:14: expected a value/)]);
    writeFileSync(file, '{"sources": {}, "tables": [{"name": "UPPER"}], "extra": 1}');
    const found = await look();
    expect(found).toContainEqual(expect.stringMatching(/^catalog\.json at \/tables\/0\/name: /));
    expect(found).toContainEqual('catalog.json at /extra: there is no such field');
  });

  test('identity providers, in the setting and in a file', async () => {
    copyFileSync(exampleCatalog, join(folder, 'catalog.json'));
    writeFileSync(join(folder, 'issuers.json'), '[\n  {"issuer": }\n]');
    const look = (SLUICE_ISSUERS: string) =>
      settingsMistakes({ ...settings, SLUICE_ISSUERS }, folder);
    expect(await look('issuers.json')).toContainEqual(
      expect.stringMatching(/^issuers\.json:2:14: there is a comma too many, or a value missing/),
    );
    expect(await look('[{]')).toContainEqual(
      expect.stringMatching(/^SLUICE_ISSUERS:1:3: expected a name/),
    );
    expect(await look('[{"nonsense": 1}]')).toContainEqual(
      'SLUICE_ISSUERS at /0/nonsense: there is no such field',
    );
  });

  test('a secret that is missing or malformed, never its value', async () => {
    copyFileSync(exampleCatalog, join(folder, 'catalog.json'));
    const found = await settingsMistakes(
      { ...settings, SLUICE_SECRET_SLUICE_MASTER_KEY: secret },
      folder,
    );
    expect(found).toHaveLength(4);
    expect(found).toContainEqual(
      expect.stringMatching(/^SLUICE_SECRET_SLUICE_MASTER_KEY is malformed: .*Put the right value/),
    );
    expect(found).toContainEqual(
      'SLUICE_SECRET_SLUICE_OPERATOR_KEY is missing; npm run setup makes a fresh one',
    );
    expect(found.join()).not.toContain(secret);
  });
});

test('local.settings.json that is broken is told with line and column, and shows nothing', async () => {
  const file = join(folder, 'local.settings.json');
  writeFileSync(
    file,
    `{\n  "Values": {\n    "SLUICE_SECRET_X": "${secret}"\n    "b": "c"\n  }\n}\n`,
  );
  const error = await readSettingsFile(file).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HostError);
  expect(String(error)).toContain(`${file}:4:5: expected a comma or }`);
  expect(String(error)).not.toContain(secret);
  writeFileSync(file, '{"Values": {"A": 1, "B": "2"}}');
  await expect(readSettingsFile(file)).rejects.toThrow('must be a text in quotes, unlike A.');
});

describe('.sluice', () => {
  test('a damaged state file gets a sentence that says what to delete and what is lost', () => {
    const file = join(folder, 'host.sqlite');
    writeFileSync(file, 'this was a database once'.repeat(100));
    expect(() => openStore(file)).toThrow(HostError);
    expect(() => openStore(file)).toThrow(`${file} is damaged: file is not a database. Delete it`);
  });

  test('one process at a time has the folder; one that died does not keep it', async () => {
    const other = spawn('sleep', ['60']);
    await once(other, 'spawn');
    const file = join(folder, '.sluice', 'start.pid');
    mkdirSync(join(folder, '.sluice'));
    writeFileSync(file, `${other.pid}\n`);
    expect(() => lockFolder(folder)).toThrow(`as process ${other.pid}. Stop it first`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const lock = lockFolder(folder);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
    lock.release();
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, 'garbage');
    lockFolder(folder).release();
  });
});

describe('readiness, in lines', () => {
  const body = (checks: object[]) => JSON.stringify({ status: 'x', checks });

  test('each failed check is a line that says what to do', () => {
    const checks = [
      { name: 'state_storage', required: true, ok: false, problem: 'unreachable' },
      { name: 'export_storage', required: true, ok: true },
      { name: 'sources', required: false, ok: false, problem: 'missing' },
    ];
    expect(readReadiness(503, body(checks))).toEqual({
      isReady: false,
      troubles: [
        expect.stringMatching(/^state_storage: unreachable: it does not answer/),
        expect.stringMatching(/^sources: missing \(Sluice serves without it\): /),
      ],
    });
    expect(readReadiness(200, body([]))).toEqual({ isReady: true, troubles: [] });
  });

  test('something else that answers on the port is no answer', () => {
    expect(readReadiness(200, '<html>hello</html>')).toBeUndefined();
  });
});

describe('commands say a sentence', () => {
  test('rotate-master-key without arguments tells its usage', () => {
    const told = readRotationOrder([], {});
    expect(told).toMatchObject({ exitCode: 2, usage: expect.stringContaining('--vault https://') });
  });

  test('half of a stamp, an unknown flag, an address that is none', () => {
    const mistakes = [
      ['--vault', 'https://v'],
      ['--valt', 'x'],
      ['--vault', 'v', '--state', 's'],
    ];
    for (const args of mistakes) {
      expect(readRotationOrder(args, {})).toMatchObject({ exitCode: 2 });
    }
    expect(readRotationOrder(['--vault', 'https://v', '--state', 'https://s/'], {})).toEqual({
      kind: 'stamp',
      vaultUrl: 'https://v',
      stateUrl: 'https://s',
    });
    expect(readRotationOrder([], { SLUICE_STATE_STORAGE: 'x' })).toEqual({ kind: 'settings' });
  });

  test('an error of a neighbour is its first line; a mistake of the program keeps its trace', () => {
    const cause = new Error('getaddrinfo ENOTFOUND v\n    at somewhere');
    const error = new SluiceError('secret_unavailable', { internal: 'No vault there.', cause });
    expect(tellFailure(error)).toBe('No vault there. (getaddrinfo ENOTFOUND v)');
    expect(tellFailure(new Error('no token\n    at x'))).toBe('no token');
    expect(tellFailure(new TypeError('oops'))).toContain('newcomer.test.ts');
  });

  test('an old Node gets a sentence, not a trace', () => {
    const guard = join(import.meta.dirname, '../../../lib/local-host/setup/require-node.mjs');
    const text = `Object.defineProperty(process.versions, 'node', { value: '20.19.0' }); await import(${JSON.stringify(guard)});`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', text]);
    expect(run.status).toBe(1);
    expect(run.stderr.toString()).toMatch(/^Sluice needs Node 24; this is Node 20\.19\.0\..*\n$/);
    expect(spawnSync(process.execPath, [guard]).status).toBe(0);
  });

  test('every script of package.json that runs a program looks at Node first', () => {
    const manifest: { scripts: Record<string, string> } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'),
    );
    const guarded = 'node --import ./lib/local-host/setup/require-node.mjs ';
    const programs = Object.values(manifest.scripts).flatMap((script) =>
      script.split(' && ').filter((command) => command.startsWith('node ')),
    );
    expect(programs.length).toBeGreaterThan(10);
    expect(programs.filter((command) => !command.startsWith(guarded))).toEqual([]);
  });
});
