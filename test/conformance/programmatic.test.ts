import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { HostOptions } from '../../lib/local-host/options.ts';
import { startLocalHost } from '../../lib/local-host/start.ts';
import { freshFolder } from './support/host-process.ts';
import { until } from './support/until.ts';

const folder = freshFolder();
const trial = resolve(import.meta.dirname, 'apps/trial');

afterAll(() => folder.remove());

test('a host can be started, closed and started again in the same process', async () => {
  process.env['TRIAL_TRACE'] = join(folder.path, 'trial.log');
  process.env['TRIAL_SCHEDULE'] = '0 0 0 1 1 *';
  process.env['AzureWebJobs.slow.Disabled'] = 'true';
  const options: HostOptions = {
    appDirectory: trial,
    port: 0,
    stateFile: join(folder.path, 'host.sqlite'),
    log: { write: () => undefined },
  };
  const first = await startLocalHost(options);
  first.faults.set({ activityTwice: true });
  const start = await fetch(`${first.url}/start/threeSteps/inside`, { method: 'POST' });
  expect(await start.json()).toEqual({ ok: true, result: 'inside' });
  const listed = async (url: string) => {
    const { result } = (await (await fetch(`${url}/list?status=Completed`)).json()) as {
      result: unknown[];
    };
    return result.length === 1 ? result : undefined;
  };
  const completed = await until('the end', () => listed(first.url));
  await first.close();
  await expect(fetch(first.url)).rejects.toThrow();
  const second = await startLocalHost(options);
  expect(await listed(second.url)).toEqual(completed);
  await second.close();
});

test('a folder without an app is refused with what is wrong', async () => {
  await expect(startLocalHost({ appDirectory: folder.path, port: 0 })).rejects.toThrow(
    'package.json has no "main".',
  );
});
