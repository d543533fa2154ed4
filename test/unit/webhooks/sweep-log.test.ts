import { describe, expect, test } from 'vitest';
import { sweepDeliveryLog } from '../../../lib/core/webhooks/sweep-log.ts';
import { before, deliveryAt, hourMs, timerScene } from './old-deliveries.ts';

describe('X5 the log of deliveries', () => {
  test('is kept for 30 days to the millisecond, for every tenant', async () => {
    const { deps, deliveries } = timerScene(['acme', 'other']);
    const dayMs = 24 * hourMs;
    const kept = deliveryAt(before(30 * dayMs));
    await deliveries.insert(kept);
    await deliveries.insert(deliveryAt(before(30 * dayMs + 1)));
    await deliveries.insert(deliveryAt(before(90 * dayMs), { status: 'pending' }));
    await deliveries.insert(deliveryAt(before(31 * dayMs), { tenantId: 'other' }));
    expect(await sweepDeliveryLog(deps)).toEqual({ removed: 3, failed: 0 });
    expect([deliveries.all('acme'), deliveries.all('other')]).toEqual([[kept], []]);
  });

  test('of one tenant that cannot be swept holds up no other', async () => {
    const { deps, deliveries, log } = timerScene(['acme', 'other']);
    await deliveries.insert(deliveryAt(before(31 * 24 * hourMs), { tenantId: 'other' }));
    const broken = {
      ...deliveries,
      removeBefore: async (tenantId: string, cutoff: Date) => {
        if (tenantId === 'acme') throw new Error('storage');
        return deliveries.removeBefore(tenantId, cutoff);
      },
    };
    const swept = await sweepDeliveryLog({ ...deps, deliveries: broken });
    expect(swept).toEqual({ removed: 1, failed: 1 });
    expect(log.of('webhook log could not be swept')).toMatchObject([{ tenantId: 'acme' }]);
  });
});
