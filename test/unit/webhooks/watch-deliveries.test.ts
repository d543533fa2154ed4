import { expect, test } from 'vitest';
import { watchDeliveries } from '../../../lib/core/webhooks/watch-deliveries.ts';
import { before, deliveryAt, hourMs, timerScene } from './old-deliveries.ts';

const pending = { status: 'pending' } as const;
const minuteMs = 60_000;

test('a delivery that nobody looked after for five minutes is started again, and no other', async () => {
  const { deps, deliveries, starter, started } = timerScene();
  const rows = {
    lost: deliveryAt(before(5 * minuteMs + 1), pending),
    lostLater: deliveryAt(before(90 * hourMs), { ...pending, nextAttemptAt: before(2 * hourMs) }),
    fresh: deliveryAt(before(5 * minuteMs), pending),
    waiting: deliveryAt(before(80 * hourMs), { ...pending, nextAttemptAt: before(-hourMs) }),
    done: deliveryAt(before(70 * hourMs)),
  };
  for (const row of Object.values(rows)) await deliveries.insert(row);
  await watchDeliveries(deps, starter);
  expect(started).toEqual([rows.lost.id, rows.lostLater.id]);
});

test('what is still to be delivered is measured over all tenants, in the log and as a metric', async () => {
  const { deps, deliveries, log, told, starter } = timerScene(['acme', 'other']);
  for (const row of [
    deliveryAt(before(minuteMs), pending),
    deliveryAt(before(hourMs), { ...pending, tenantId: 'other' }),
    deliveryAt(before(2 * hourMs + 1500), { ...pending, tenantId: 'other' }),
  ]) {
    await deliveries.insert(row);
  }
  const measured = { pending: 3, overdue: 2, oldestOverdueSeconds: 7201, restarted: 2 };
  expect(await watchDeliveries(deps, starter)).toEqual(measured);
  expect(log.of('deliveries measured')).toEqual([
    { level: 'info', message: 'deliveries measured', ...measured },
  ]);
  expect(told).toMatchObject([['deliveriesMeasured', { overdue: 2 }]]);
});

test('without any delivery everything measured is 0, so that an alert can come to its end', async () => {
  const { deps, told, starter } = timerScene([]);
  const nothing = { pending: 0, overdue: 0, oldestOverdueSeconds: 0, restarted: 0 };
  expect(await watchDeliveries(deps, starter)).toEqual(nothing);
  expect(told).toMatchObject([['deliveriesMeasured', { overdue: 0 }]]);
});

test('a start that fails is logged, spoils no number and holds up no other tenant', async () => {
  const { deps, deliveries, log, started, starter } = timerScene(['acme', 'other']);
  const stuck = [deliveryAt(before(hourMs), pending), deliveryAt(before(2 * hourMs), pending)];
  const fine = deliveryAt(before(3 * hourMs), { ...pending, tenantId: 'other' });
  for (const row of [...stuck, fine]) await deliveries.insert(row);
  const startDelivery = async (work: {
    readonly tenantId: string;
    readonly deliveryId: string;
  }) => {
    if (work.tenantId === 'acme') throw new Error('no host');
    await starter.startDelivery(work);
  };
  expect(await watchDeliveries(deps, { startDelivery })).toMatchObject({
    pending: 3,
    overdue: 3,
    restarted: 1,
  });
  expect(started).toEqual([fine.id]);
  expect(log.of('deliveries could not be looked after')).toMatchObject([{ tenantId: 'acme' }]);
});
