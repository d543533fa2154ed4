import { setTimeout as delay } from 'node:timers/promises';
import { InvocationContext } from '@azure/functions';
import { getClient, input } from 'durable-functions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLineLog } from '../../../lib/adapters/log/line-log.ts';
import {
  createInvocationContext,
  type Invocation,
} from '../../../lib/adapters/telemetry/invocation-context.ts';
import { durableStarter } from '../../../orchestrations/activities/durable-starter.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';

const invocations = createInvocationContext();
const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const invocation: Invocation = {
  functionName: 'watchdog',
  invocationId: 'b8f2a6e4-0001',
  traceparent,
  tracestate: 'vendor=value',
};
const named = { function: 'watchdog', functionInvocationId: 'b8f2a6e4-0001', traceId };

test('a log line names the invocation that it is written in, whatever was awaited before', async () => {
  const lines: string[] = [];
  const clock = () => new Date('2026-11-20T10:00:00Z');
  const log = createLineLog((line) => lines.push(line), clock, invocations.fields);
  const other = { ...invocation, functionName: 'other', traceparent: undefined };
  const second = Promise.withResolvers<void>();
  const both = [
    invocations.run(invocation, async () => {
      await second.promise;
      await delay(1);
      log.info('in the first', { exportId: 'e1' });
    }),
    invocations.run(other, async () => {
      await delay(2);
      log.warn('in the second');
      second.resolve();
    }),
  ];
  log.info('in none');
  await Promise.all(both);
  const time = '2026-11-20T10:00:00.000Z';
  const inOther = { function: 'other', functionInvocationId: 'b8f2a6e4-0001' };
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { time, level: 'info', message: 'in none' },
    { time, level: 'warn', message: 'in the second', ...inOther },
    { time, level: 'info', message: 'in the first', ...named, exportId: 'e1' },
  ]);
});

test('what a line says of itself wins over what its invocation says', () => {
  const lines: string[] = [];
  const log = createLineLog(
    (line) => lines.push(line),
    () => new Date(0),
    invocations.fields,
  );
  invocations.run(invocation, () => log.info('x', { function: 'mine' }));
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ function: 'mine', traceId });
});

test('a line goes to its invocation with its level; outside, and when that is over, to nobody', async () => {
  const taken: (readonly [string, string])[] = [];
  let isOver = false;
  const write = (line: string, level: string) => {
    if (!isOver) taken.push([level, line]);
    return !isOver;
  };
  expect(invocations.write('a', 'warn')).toBe(false);
  await invocations.run({ ...invocation, write }, async () => {
    await delay(1);
    expect(invocations.write('b', 'warn')).toBe(true);
    expect(invocations.write('c', 'error')).toBe(true);
    isOver = true;
    expect(invocations.write('d', 'info')).toBe(false);
  });
  expect(invocations.run(invocation, () => invocations.write('e', 'info'))).toBe(false);
  expect(taken).toEqual([
    ['warn', 'b'],
    ['error', 'c'],
  ]);
});

let host: WebhookReceiver;
beforeAll(async () => {
  host = await startWebhookReceiver({ answer: () => ({ status: 202, body: '"x"' }) });
});
afterAll(() => host.stop());

/** A starter over the real Durable client, which speaks to our receiver as if it were the host. */
function starter() {
  const client = input.durableClient();
  const context = new InvocationContext({
    options: { extraInputs: [client], trigger: { type: 'timerTrigger', name: 't' } },
  } as unknown as ConstructorParameters<typeof InvocationContext>[0]);
  const url = `${host.url}/runtime/webhooks/durabletask`;
  context.extraInputs.set(client, {
    taskHubName: 'Sluice',
    rpcBaseUrl: `${host.url}/durabletask/`,
    creationUrls: { createNewInstancePostUri: url, createAndWaitOnNewInstancePostUri: url },
    managementUrls: { id: 'x', statusQueryGetUri: url, sendEventPostUri: url },
    baseUrl: url,
    requiredQueryStringParameters: '',
  });
  return durableStarter(getClient(context));
}

const work = { tenantId: 't1', exportId: 'e1', attempt: 1 };

test('an orchestration that an invocation starts goes on with its trace', async () => {
  await invocations.run(invocation, () => starter().startExport(work));
  expect(host.requests.at(-1)?.headers).toMatchObject({ traceparent, tracestate: 'vendor=value' });
});

test('without an invocation, or without a trace in it, none is made up', async () => {
  await starter().startExport(work);
  await invocations.run({ functionName: 'f', invocationId: 'i' }, () =>
    starter().startExport(work),
  );
  const sent = host.requests.slice(-2).map(({ headers }) => headers['traceparent']);
  expect(sent).toEqual([undefined, undefined]);
});
