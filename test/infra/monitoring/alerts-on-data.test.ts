import { expect, test } from 'vitest';
import { ago, firing, trace } from './support/workspace.ts';

const hour = 60;
const day = 24 * hour;

const ended = (minutesAgo: number, status: string, attempt = 1) =>
  trace(minutesAgo, 'export ended', {
    exportId: 'exp1',
    tenantId: 'acme',
    attempt,
    status,
    failedTables: status === 'ready' ? 0 : 2,
  });

test('an export that failed wakes somebody once, though its line came twice', () => {
  const traces = [ended(5, 'failed'), ended(4, 'failed')];
  expect(firing('failed-exports', { traces })).toEqual([
    { tenantId: 'acme', exportId: 'exp1', attempt: 1, status: 'failed', failedTables: 2 },
  ]);
});

test('a part of an export that is missing wakes somebody, each attempt anew', () => {
  const traces = [ended(9, 'partially_ready'), ended(2, 'failed', 2)];
  expect(firing('failed-exports', { traces })).toHaveLength(2);
});

test('exports that are ready or cancelled, and old failures, wake nobody', () => {
  const traces = [ended(5, 'ready'), ended(5, 'cancelled'), ended(31, 'failed')];
  expect(firing('failed-exports', { traces })).toEqual([]);
});

const swept = (minutesAgo: number, lagSeconds = 0) =>
  trace(minutesAgo, 'retention sweep done', { deleted: 1, failed: 0, lagSeconds });

test('a sweep that stopped 27 hours ago is missed, one that stopped 25 hours ago is not', () => {
  expect(firing('sweep-missing', { traces: [swept(27 * hour)] })).toHaveLength(1);
  expect(firing('sweep-missing', { traces: [swept(25 * hour)] })).toEqual([]);
});

test('a sweep is missed when there is no line at all', () => {
  expect(firing('sweep-missing', { traces: [] })).toHaveLength(1);
});

test('a workspace that is 25 hours old is given its time, one of 27 hours is not', () => {
  expect(firing('sweep-missing', { ageHours: 25 })).toEqual([]);
  expect(firing('sweep-missing', { ageHours: 27 })).toHaveLength(1);
});

test('a sweep that runs and leaves files for over 26 hours is as bad as none', () => {
  const traces = [swept(20), swept(10, 27 * 3600)];
  expect(firing('sweep-missing', { traces })).toEqual([{ hoursSinceSweep: 1, lagHours: 27 }]);
  expect(firing('sweep-missing', { traces: [swept(20, 27 * 3600), swept(10, 60)] })).toEqual([]);
});

const delivered = (minutesAgo: number, overdue: number, oldestOverdueSeconds: number) =>
  trace(minutesAgo, 'deliveries measured', {
    pending: 500,
    overdue,
    oldestOverdueSeconds,
    restarted: overdue,
  });

test('webhooks are late when a new start did not help, or when they are many', () => {
  expect(firing('delivery-backlog', { traces: [delivered(10, 1, 7201)] })).toHaveLength(1);
  expect(firing('delivery-backlog', { traces: [delivered(10, 101, 400)] })).toHaveLength(1);
});

test('webhooks that are a little late, or were and are not any more, wake nobody', () => {
  expect(firing('delivery-backlog', { traces: [delivered(10, 100, 7200)] })).toEqual([]);
  const traces = [delivered(5, 0, 0), delivered(65, 900, 9000)];
  expect(firing('delivery-backlog', { traces })).toEqual([]);
});

const measured = (minutesAgo: number, oldestPendingSeconds: number) =>
  trace(minutesAgo, 'queue measured', { pending: 3, processing: 0, oldestPendingSeconds });

test('an export that waits for over a quarter of an hour wakes somebody, by the newest line', () => {
  expect(firing('queue-stuck', { traces: [measured(1, 901), measured(2, 10)] })).toEqual([
    { minutesSinceMeasured: 1, oldestPendingSeconds: 901, pending: 3, processing: 0 },
  ]);
  expect(firing('queue-stuck', { traces: [measured(1, 900), measured(2, 2000)] })).toEqual([]);
});

test('an app that stands still is found within half an hour, though it says nothing', () => {
  expect(firing('queue-stuck', { traces: [measured(16, 0)] })).toHaveLength(1);
  expect(firing('queue-stuck', { traces: [measured(14, 0)] })).toEqual([]);
  expect(firing('queue-stuck', { traces: [] })).toHaveLength(1);
  expect(firing('queue-stuck', { ageHours: 0.2 })).toEqual([]);
});

const long = (minutesAgo: number, hours: number) =>
  trace(minutesAgo, 'export takes long', { tenantId: 'acme', exportId: 'exp1', attempt: 1, hours });

test('an export of over six hours wakes somebody once, however often its line came', () => {
  expect(firing('long-exports', { traces: [long(1, 7), long(2, 7), long(59, 6)] })).toEqual([
    { tenantId: 'acme', exportId: 'exp1', attempt: 1, hours: 7 },
  ]);
  expect(firing('long-exports', { traces: [long(61, 6)] })).toEqual([]);
});

const beganAgain = (minutesAgo: number, runs: number, table = 'orders') =>
  trace(minutesAgo, 'table began again', {
    ...{ tenantId: 'acme', exportId: 'exp1', attempt: 1, table, tableIndex: 0 },
    runs,
  });

test('a table that began again twice wakes somebody, one that began again once does not', () => {
  expect(firing('table-restarts', { traces: [beganAgain(50, 2), beganAgain(5, 3)] })).toEqual([
    { tenantId: 'acme', exportId: 'exp1', attempt: 1, table: 'orders', runs: 3 },
  ]);
  const once = [beganAgain(5, 2), beganAgain(5, 2, 'users'), beganAgain(121, 3)];
  expect(firing('table-restarts', { traces: once })).toEqual([]);
});

const failed = (minutesAgo: number) =>
  trace(minutesAgo, 'request failed', { route: 'POST /v1/exports', code: 'storage_unavailable' });
const answer = (minutesAgo: number, ResultCode: string, Name = 'exportsCreate') => ({
  TimeGenerated: ago(minutesAgo),
  ResultCode,
  Name,
  ItemCount: 1,
});

test('five answers with 5xx in a quarter of an hour wake somebody, four do not', () => {
  const traces = [1, 2, 3, 4, 5].map(failed);
  expect(firing('server-errors', { traces })).toEqual([
    { answers: 5, codes: '["storage_unavailable"]', routes: '["POST /v1/exports"]' },
  ]);
  expect(firing('server-errors', { traces: traces.slice(1) })).toEqual([]);
  expect(firing('server-errors', { traces: [...traces.slice(1), failed(16)] })).toEqual([]);
});

test('a process that dies before it can log is seen by what the host answered', () => {
  const requests = [1, 2, 3, 4, 5].map((minutes) => answer(minutes, '502'));
  expect(firing('server-errors', { requests })).toEqual([
    { answers: 5, codes: '[]', routes: '[]' },
  ]);
});

test('refusals, timers and readiness are no server errors', () => {
  const requests = [1, 2, 3, 4, 5].flatMap((minutes) => [
    answer(minutes, '404'),
    answer(minutes, '0', 'watchdog'),
    answer(minutes, '503', 'healthReady'),
  ]);
  expect(firing('server-errors', { requests })).toEqual([]);
});

const head = (minutesAgo: number, chain: string, seq: number, hash = `h${seq}`) =>
  trace(minutesAgo, 'audit head', { chain, month: '2026-11', seq, hash });
const heads = [head(8 * hour, 'acme', 9), head(8 * hour, 'operator', 4)];
const headsBefore = [head(32 * hour, 'acme', 7), head(32 * hour, 'operator', 4)];

test('chains that grow or rest, with a head each day, wake nobody', () => {
  expect(firing('audit-gap', { traces: [...headsBefore, ...heads] })).toEqual([]);
});

test.each([
  ['vanished', [...headsBefore, head(8 * hour, 'operator', 4)], 'acme vanished'],
  ['went back', [...headsBefore, head(8 * hour, 'acme', 6), ...heads.slice(1)], 'acme went back'],
  ['changed', [...headsBefore, heads[0], head(8 * hour, 'operator', 4, 'x')], 'operator changed'],
])('a chain that %s is an incident', (_, traces, problem) => {
  const rows = firing('audit-gap', { traces: traces.filter((row) => row !== undefined) });
  expect(rows).toEqual([{ hoursSinceHead: 8, badChains: `["${problem}"]`, complaints: '[]' }]);
});

test('days without any head are an incident, a workspace of a day is not', () => {
  expect(firing('audit-gap', { traces: [head(27 * hour, 'acme', 9)] })).toHaveLength(1);
  expect(firing('audit-gap', { traces: [] })).toHaveLength(1);
  expect(firing('audit-gap', { ageHours: 25 })).toEqual([]);
  expect(firing('audit-gap', { ageHours: 27 })).toHaveLength(1);
});

test.each([
  'an audit chain is broken',
  'audit chain could not be looked after',
  'an act failed and its outcome was not logged',
  'a refusal could not be logged',
])('"%s" is an incident', (message) => {
  const traces = [...headsBefore, ...heads, trace(day, message, { chain: 'acme' })];
  expect(firing('audit-gap', { traces })).toHaveLength(1);
});

const unready = (minutesAgo: number, check: string, required = true) =>
  trace(minutesAgo, 'readiness check failed', { check, problem: 'unreachable', required });

test('three failures of one check wake somebody; two of each, or three in an hour, do not', () => {
  expect(
    firing('readiness-failing', { traces: [1, 5, 9].map((at) => unready(at, 'tables')) }),
  ).toEqual([{ check: 'tables', failures: 3, problems: '["unreachable"]' }]);
  const traces = [1, 5].flatMap((at) => [unready(at, 'tables'), unready(at, 'secrets')]);
  expect(firing('readiness-failing', { traces })).toEqual([]);
  expect(
    firing('readiness-failing', { traces: [1, 20, 40].map((at) => unready(at, 'tables')) }),
  ).toEqual([]);
});

test('what is not required wakes nobody, however often it fails', () => {
  const traces = [1, 2, 3, 4, 5].map((at) => unready(at, 'sources', false));
  expect(firing('readiness-failing', { traces })).toEqual([]);
});

test('one start with wrong settings wakes somebody', () => {
  const message = 'nothing is served until the settings are right';
  const traces = [trace(3, message, { settings: 'SLUICE_REGION', code: 'configuration_invalid' })];
  expect(firing('readiness-failing', { traces })).toMatchObject([{ check: 'settings' }]);
});

/** As Azure writes it: the signature is blotted out, the address has its port. */
const read = (address: string, over: object = {}) => ({
  TimeGenerated: ago(10),
  OperationName: 'GetBlob',
  AuthenticationType: 'DelegationSas',
  AuthenticationHash: 'user-delegation(AB12),SasSignature(CD34)',
  StatusCode: '206',
  CallerIpAddress: `${address}:50123`,
  Uri: 'https://files.example:443/exp-1/orders-00001.csv.gz?sv=2026-10-06&scid=7d9f0c1e-1111-4222-8333-444455556666&sr=b&sp=r&sig=XXXXX',
  ...over,
});
const addresses = (count: number) => Array.from({ length: count }, (_, at) => `203.0.113.${at}`);

test('a link that is read from more than ten addresses is misused, from ten it is not', () => {
  expect(firing('links-misused', { reads: addresses(11).map((address) => read(address)) })).toEqual(
    [
      {
        subject: 'link 7d9f0c1e-1111-4222-8333-444455556666',
        reads: 11,
        refused: 0,
        addresses: 11,
      },
    ],
  );
  expect(firing('links-misused', { reads: addresses(10).map((address) => read(address)) })).toEqual(
    [],
  );
});

test('one address that reads in many ranges from many ports is one address', () => {
  const ports = Array.from({ length: 60 }, (_, at) => 40_000 + at);
  const reads = ports.map((port) => read('', { CallerIpAddress: `203.0.113.9:${port}` }));
  const sixth = ports.map((port) => read('', { CallerIpAddress: `[2001:db8::9]:${port}` }));
  expect(firing('links-misused', { reads: [...reads, ...sixth] })).toEqual([]);
});

test('without an id in the address the hash of the signature stands for the link', () => {
  const Uri = 'https://files.example:443/exp-1/orders-00001.csv.gz?sv=2026-10-06&sig=XXXXX';
  const reads = addresses(11).map((address) => read(address, { Uri }));
  expect(firing('links-misused', { reads })).toMatchObject([{ subject: 'link CD34' }]);
});

test('more than fifty refused reads from one address are seen, whatever links they tried', () => {
  const tries = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      read('198.51.100.7', {
        StatusCode: '403',
        AuthenticationType: '',
        AuthenticationHash: '',
        Uri: `https://files.example:443/exp-${at}/orders.csv?scid=${at}&sig=XXXXX`,
      }),
    );
  expect(firing('links-misused', { reads: tries(51) })).toEqual([
    { subject: 'address 198.51.100.7', reads: 0, refused: 51, addresses: 0 },
  ]);
  expect(firing('links-misused', { reads: tries(50) })).toEqual([]);
});

test("the app's own reads, other containers and other calls than reads are nobody's links", () => {
  const own = addresses(11).map((address) =>
    read(address, { AuthenticationType: 'OAuth', Uri: 'https://files.example:443/exp-1/a.csv' }),
  );
  const other = addresses(11).map((address) =>
    read(address, { Uri: 'https://files.example:443/azure-webjobs-hosts/x?sig=XXXXX' }),
  );
  const calls = addresses(11).map((address) =>
    read(address, { OperationName: 'GetBlobProperties' }),
  );
  expect(firing('links-misused', { reads: [...own, ...other, ...calls] })).toEqual([]);
});
