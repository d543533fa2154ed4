import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { exportListAnswer } from '../../lib/api/exports.ts';
import { readyAnswer } from '../../lib/api/public.ts';
import { Api } from '../e2e/support/api.ts';
import { type Backends, startBackends } from '../e2e/support/backends.ts';
import { startHost } from '../e2e/support/host.ts';
import { secretsIn, secretsOf } from '../e2e/support/log-check.ts';
import { sourceIds } from '../e2e/support/vendor-database.ts';

let folder: string;
let backends: Backends;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-misconfigured-'));
  backends = await startBackends(folder);
  await writeFile(join(folder, 'broken.json'), '{"sources": {}, "tables": []');
});
afterAll(async () => {
  await backends[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const canary = 'CANARY-of-a-value';
const start = (changes: Readonly<Record<string, string>>, home = folder) =>
  startHost({ settings: { ...backends.settings, ...changes }, folder: home });

/** What the app itself wrote, line by line. */
async function linesIn(home: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const log = await readFile(join(home, 'host.log'), 'utf8');
  expect(log).not.toContain(canary);
  expect(secretsIn(log, secretsOf(backends.settings))).toEqual([]);
  return log.split('\n').flatMap((line) => (line.startsWith('{"time"') ? [JSON.parse(line)] : []));
}

test('a host with wrong settings says in one line what is wrong, names the settings, and serves nothing', async () => {
  const home = await mkdtemp(join(folder, 'wrong-'));
  const account = `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${canary}`;
  await using host = await start(
    {
      SLUICE_CATALOG: join(folder, 'broken.json'),
      SLUICE_STATE_STORAGE: account,
      SLUICE_ISSUERS: '[{}]',
    },
    home,
  );
  const api = new Api(host.url, backends.operatorKey);
  const ready = await api.call('GET', 'health/ready');
  expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '60']);
  expect(ready.as(readyAnswer)).toEqual({
    status: 'not_ready',
    checks: ['SLUICE_CATALOG', 'SLUICE_ISSUERS', 'SLUICE_STATE_STORAGE'].map((name) => ({
      name,
      required: true,
      ok: false,
      problem: 'configuration_invalid',
    })),
  });
  expect((await api.call('GET', 'health/live')).status).toBe(200);
  for (const [path, status] of [
    ['health/live', 200],
    ['health/ready', 503],
    ['v1/exports', 503],
  ] as const) {
    const { status: told, text } = await api.call('HEAD', path);
    expect([path, told, text]).toEqual([path, status, '']);
  }
  for (const { method, path } of routes.filter(({ name }) => !name.startsWith('health'))) {
    const url = path.replaceAll(/\{\w+\}/g, 'x');
    const answer = await api.call(method, url, { key: backends.operatorKey });
    answer.problem(503, 'configuration_invalid');
    expect(answer.headers.get('retry-after')).toBe('60');
    expect(answer.text).not.toMatch(/SLUICE_|CANARY/);
  }
  (await api.call('GET', 'nothing/here')).problem(503, 'configuration_invalid');
  await host[Symbol.asyncDispose]();
  const lines = await linesIn(home);
  expect(lines).toMatchObject([
    {
      level: 'error',
      message: 'nothing is served until the settings are right',
      code: 'configuration_invalid',
      settings: 'SLUICE_CATALOG,SLUICE_ISSUERS,SLUICE_STATE_STORAGE',
      internal: expect.stringMatching(
        /broken\.json:1:\d+: .* \| .*SLUICE_STATE_STORAGE is the connection string/,
      ),
    },
  ]);
});

test('what waited while the settings were wrong goes on when they are right, and nothing is lost', async () => {
  const home = await mkdtemp(join(folder, 'waiting-'));
  const faults = { crashAt: { step: 'afterStartCommit', occurrence: 1 } };
  const before = await startHost({ settings: backends.settings, folder: home, faults });
  const api = new Api(before.url, backends.operatorKey);
  const alpha = await api.tenant(sourceIds.alpha);
  // The orchestration is stored and has not begun when the process dies, so the request gets no answer.
  await expect(api.start(alpha, ['rows_1000001'])).rejects.toThrow();
  await before.ended;
  const wrong = await start({ SLUICE_GZIP_LEVEL: '10' }, home);
  const refused = new Api(wrong.url, backends.operatorKey);
  (await refused.call('GET', 'v1/exports', { key: alpha.key })).problem(
    503,
    'configuration_invalid',
  );
  await wrong[Symbol.asyncDispose]();
  await using after = await start({}, home);
  const again = new Api(after.url, backends.operatorKey);
  const listed = await again.call('GET', 'v1/exports', { key: alpha.key });
  const [{ id = '' } = {}] = listed.as(exportListAnswer).items;
  const done = await again.finished(alpha, id, 180_000);
  expect([done.status, done.totals?.rows]).toEqual(['ready', 1_000_001]);
  expect(await readFile(join(home, 'host.log'), 'utf8')).not.toContain('is disabled');
});
