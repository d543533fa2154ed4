import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseNcrontab } from '../../lib/local-host/timers/ncrontab.ts';
import { freshFolder } from './support/host-process.ts';
import { startTrialHost, type TrialHost, traceLines } from './support/trial-host.ts';
import { until } from './support/until.ts';

describe('NCRONTAB, in UTC', () => {
  test.each([
    ['*/15 * * * * *', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:15.000Z'],
    ['*/15 * * * * *', '2026-01-01T00:00:14.999Z', '2026-01-01T00:00:15.000Z'],
    ['0 */5 * * * *', '2026-01-01T00:04:59.000Z', '2026-01-01T00:05:00.000Z'],
    ['0 */5 * * * *', '2026-01-01T00:05:00.000Z', '2026-01-01T00:10:00.000Z'],
    ['0 30 9 * * 1-5', '2026-01-02T09:30:00.000Z', '2026-01-05T09:30:00.000Z'],
    ['0 0 0 29 2 *', '2026-01-01T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
    ['59 59 23 31 12 *', '2026-12-31T23:59:59.000Z', '2027-12-31T23:59:59.000Z'],
    ['0 0 12 1 Jan,JUL *', '2026-01-01T12:00:00.000Z', '2026-07-01T12:00:00.000Z'],
    ['0 0 0 * * mon', '2026-01-01T00:00:00.000Z', '2026-01-05T00:00:00.000Z'],
    ['0 0 0 13 * 5', '2026-01-01T00:00:00.000Z', '2026-02-13T00:00:00.000Z'],
    ['10-50/20 0 0 * * *', '2026-01-01T00:00:10.000Z', '2026-01-01T00:00:30.000Z'],
    ['5/20 * * * * *', '2026-01-01T00:00:05.000Z', '2026-01-01T00:00:25.000Z'],
  ])('%s after %s is %s', (expression, after, expected) => {
    const next = parseNcrontab(expression).next(Date.parse(after));
    expect(new Date(next).toISOString()).toBe(expected);
  });

  test.each([
    ['* * * * *', 'has 5 fields, NCRONTAB has six'],
    ['60 * * * * *', 'is no valid second'],
    ['* * 24 * * *', 'is no valid hour'],
    ['* * * 0 * *', 'is no valid day'],
    ['* * * * foo *', 'is no valid month'],
    ['* * * * * 7', 'is no valid weekday'],
    ['5-1 * * * * *', 'is no valid second'],
    ['*/0 * * * * *', 'is no valid second'],
    ['%SCHEDULE% * * * * *', 'is no valid second'],
  ])('%s is refused', (expression, message) => {
    expect(() => parseNcrontab(expression)).toThrow(message);
  });

  test('a day that never comes is refused when it is looked for', () => {
    expect(() => parseNcrontab('0 0 0 31 2 *').next(0)).toThrow('never comes due');
  });
});

describe('timer functions', () => {
  let folder: ReturnType<typeof freshFolder>;
  let host: TrialHost;

  beforeEach(() => {
    folder = freshFolder();
  });

  afterEach(async () => {
    await host.process.kill('SIGTERM');
    folder.remove();
  });

  const yearlyCalls = () =>
    traceLines(folder.path)
      .filter((line) => line.startsWith('yearly '))
      .map((line) => JSON.parse(line.slice('yearly '.length)));
  const runNow = (name: string) =>
    fetch(`${host.url}/admin/functions/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"input":""}',
    });

  test('the admin route runs a timer now, and remembers when', async () => {
    host = await startTrialHost({ folder: folder.path });
    expect((await runNow('yearly')).status).toBe(202);
    await until('the first run', () => yearlyCalls()[0]);
    expect((await runNow('YEARLY')).status).toBe(202);
    const second = await until('the second run', () => yearlyCalls()[1]);
    expect(second.isPastDue).toBe(false);
    expect(second.scheduleStatus.next).toMatch(/^20\d\d-01-01T00:00:00.000Z$/);
    expect(Date.now() - Date.parse(second.scheduleStatus.last)).toBeLessThan(10_000);
    expect((await runNow('nobody')).status).toBe(404);
  });

  test('a run that was missed while the host was down is made up for at once, as past due', async () => {
    host = await startTrialHost({ folder: folder.path });
    expect(yearlyCalls()).toEqual([]);
    await host.process.kill('SIGTERM');
    const database = new DatabaseSync(join(folder.path, 'host.sqlite'));
    database.exec(
      "update schedules set next = '2026-01-01T00:00:00.000Z' where function_name = 'yearly'",
    );
    database.close();
    host = await startTrialHost({ folder: folder.path });
    const call = await until('the run', () => yearlyCalls()[0]);
    expect(call).toMatchObject({
      isPastDue: true,
      schedule: { adjustForDST: true },
      scheduleStatus: { next: '2026-01-01T00:00:00.000Z' },
    });
  });

  test('two runs of one timer never overlap, not even when asked for', async () => {
    host = await startTrialHost({
      folder: folder.path,
      environment: { 'AzureWebJobs.slow.Disabled': 'false' },
    });
    await until('the first run', () => traceLines(folder.path)[0]);
    await runNow('slow');
    const lines = await until('three runs', () => {
      const seen = traceLines(folder.path);
      return seen.length >= 6 ? seen.slice(0, 6) : undefined;
    });
    expect(lines).toEqual(Array(3).fill(['slow begin', 'slow end']).flat());
  });

  test('a schedule that is no schedule stops the start with its text', async () => {
    const start = startTrialHost({ folder: folder.path, environment: { TRIAL_SCHEDULE: '* * *' } });
    await expect(start).rejects.toThrow('Schedule "* * *" has 3 fields, NCRONTAB has six.');
    host = await startTrialHost({ folder: folder.path });
  });
});

test('a timer of ten days is cut into hops of three, and the library counts the same ids', async () => {
  const folder = freshFolder();
  const file = join(folder.path, 'host.sqlite');
  let host = await startTrialHost({ folder: folder.path });
  await host.start('tenDays', 'patient');
  await host.inState('patient', 'Running');
  const hops: string[] = [];
  for (const days of [3.5, 4, 3]) {
    await host.process.kill('SIGTERM');
    hops.push(pretendDaysPassed(file, days));
    host = await startTrialHost({ folder: folder.path });
    await until('the next hop', () => (nextTimer(file) === hops.at(-1) ? undefined : true));
  }
  expect(await host.ended('patient')).toMatchObject({ output: { done: 'after ten days' } });
  expect(hops).toHaveLength(3);
  await host.process.kill('SIGTERM');
  folder.remove();
});

/** Moves everything in the state file into the past and returns the timer that is then waiting. */
function pretendDaysPassed(file: string, days: number): string {
  const database = new DatabaseSync(file);
  const shift = (text: string) =>
    text.replaceAll(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, (time) =>
      new Date(Date.parse(time) - days * 86_400_000).toISOString(),
    );
  for (const { position, event } of database.prepare('select position, event from history').all()) {
    database
      .prepare('update history set event = ? where position = ?')
      .run(shift(String(event)), position ?? null);
  }
  const { fire_at: fireAt } = database.prepare('select fire_at from timers').get() ?? {};
  const shifted = shift(String(fireAt));
  database.prepare('update timers set fire_at = ?').run(shifted);
  database.prepare('update instances set actions = null').run();
  database.close();
  return shifted;
}

function nextTimer(file: string): string | undefined {
  const database = new DatabaseSync(file, { readOnly: true });
  const row = database.prepare('select fire_at from timers').get();
  database.close();
  return row === undefined ? undefined : String(row['fire_at']);
}
