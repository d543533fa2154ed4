import { describe, expect, test } from 'vitest';
import { createAnnouncer } from '../../../lib/core/webhooks/announce.ts';
import { buildPayload } from '../../../lib/core/webhooks/payload.ts';
import { memoryDeliveryStore, memoryEndpointStore } from '../../support/memory-webhook-stores.ts';
import { sampleEndpoint, sampleEvent } from '../../support/webhook-samples.ts';

const event = sampleEvent();

async function announcing(...changes: readonly Parameters<typeof sampleEndpoint>[0][]) {
  const endpoints = memoryEndpointStore();
  const deliveries = memoryDeliveryStore();
  for (const change of changes) await endpoints.insert(sampleEndpoint(change));
  return { endpoints, deliveries, announcer: createAnnouncer({ endpoints, deliveries }) };
}

describe('L1 announcing an event', () => {
  test('puts one delivery for each listening endpoint of the tenant, and for no other', async () => {
    const { deliveries, announcer } = await announcing(
      { id: 'a' },
      { id: 'b', events: ['export.completed'] },
      { id: 'deaf', events: ['export.failed'] },
      { id: 'off', disabledAt: new Date(), disabledReason: 'gone' },
      { id: 'foreign', tenantId: 'other' },
    );
    const ids = await announcer.announce(event);
    const rows = deliveries.all('acme').filter(({ status }) => status === 'pending');
    expect(rows.map(({ id }) => id).sort()).toEqual(ids);
    expect(rows.map(({ endpointId }) => endpointId)).toEqual(['a', 'b']);
    expect(deliveries.all('other')).toEqual([]);
    expect(rows[0]).toEqual({
      tenantId: 'acme',
      id: expect.stringMatching(/^[a-z0-9]{49}$/),
      endpointId: 'a',
      exportId: 'export1',
      type: 'export.completed',
      webhookId: expect.stringMatching(/^msg_[0-9a-f]{40}$/),
      body: buildPayload(event),
      status: 'pending',
      createdAt: event.at,
      attempts: [],
    });
  });

  test('tells nobody who listens only since it happened, however late or often it is announced', async () => {
    const laterMs = event.at.getTime() + 1;
    const later = new Date(laterMs);
    const { announcer, deliveries, endpoints } = await announcing(
      { id: 'older', createdAt: event.at },
      { id: 'younger', createdAt: later },
      { id: 'chose later', eventsSince: { 'export.completed': later } },
      { id: 'chose another later', eventsSince: { 'export.failed': later } },
    );
    await announcer.announce(event);
    await endpoints.insert(sampleEndpoint({ id: 'made since', createdAt: later }));
    await announcer.announce(event);
    const told = () => deliveries.all('acme').map(({ endpointId }) => endpointId);
    expect(told()).toEqual(['older', 'chose another later']);
    await announcer.announce({ ...event, exportId: 'export2', at: later });
    expect(told().slice(2)).toEqual([
      'older',
      'younger',
      'chose later',
      'chose another later',
      'made since',
    ]);
  });

  test('twice gives the same ids and not one row more', async () => {
    const { deliveries, announcer } = await announcing({ id: 'a' }, { id: 'b' });
    const first = await announcer.announce(event);
    const rows = deliveries.all('acme');
    expect(await announcer.announce(structuredClone(event))).toEqual(first);
    expect(deliveries.all('acme')).toEqual(rows);
  });

  test('again after a crash in the middle completes the list', async () => {
    const { endpoints, deliveries, announcer } = await announcing({ id: 'a' }, { id: 'b' });
    let inserts = 0;
    const crashing = createAnnouncer({
      endpoints,
      deliveries: {
        scan: deliveries.scan,
        insert: async (delivery) => {
          inserts += 1;
          if (inserts === 2) throw new Error('crash');
          return deliveries.insert(delivery);
        },
      },
    });
    await expect(crashing.announce(event)).rejects.toThrow('crash');
    expect(await announcer.announce(event)).toHaveLength(2);
    expect(deliveries.all('acme')).toHaveLength(2);
  });

  test('again leaves out what is delivered, and keeps what a disabled endpoint has open', async () => {
    const { endpoints, deliveries, announcer } = await announcing({ id: 'a' }, { id: 'b' });
    await announcer.announce(event);
    const [first, second] = deliveries.all('acme');
    const row = await deliveries.find('acme', first?.id ?? '');
    if (row === undefined) throw new TypeError('no row');
    await deliveries.update({ ...row.value, status: 'delivered' }, row.etag);
    const b = await endpoints.find('acme', 'b');
    if (b === undefined) throw new TypeError('no row');
    await endpoints.update({ ...b.value, disabledAt: new Date() }, b.etag);
    expect(await announcer.announce(event)).toEqual([second?.id]);
  });

  test('again still names what an endpoint had open that was removed meanwhile', async () => {
    const { endpoints, announcer } = await announcing({ id: 'a' });
    const first = await announcer.announce(event);
    await endpoints.remove('acme', 'a');
    expect(await announcer.announce(event)).toEqual(first);
    expect(first).toHaveLength(1);
  });

  test('writes down what a disabled endpoint misses, and does not send it', async () => {
    const disabledAt = new Date('2026-11-19T10:00:00Z');
    const { deliveries, announcer } = await announcing({ id: 'off', disabledAt });
    expect(await announcer.announce(event)).toEqual([]);
    expect(deliveries.all('acme')).toMatchObject([{ endpointId: 'off', status: 'dropped' }]);
  });

  test('gives every type, attempt, export and tenant ids of its own', async () => {
    const changes = [
      {},
      { type: 'export.failed' as const },
      { attempt: 2 },
      { exportId: 'export2' },
      { tenantId: 'other' },
    ];
    const { deliveries, announcer } = await announcing({ id: 'a' }, { id: 'a', tenantId: 'other' });
    const ids = await Promise.all(changes.map((change) => announcer.announce(sampleEvent(change))));
    expect(new Set(ids.flat()).size).toBe(changes.length);
    const rows = [...deliveries.all('acme'), ...deliveries.all('other')];
    expect(new Set(rows.map(({ webhookId }) => webhookId)).size).toBe(changes.length);
  });

  test('gives ids that sort the newest event first', async () => {
    const { announcer } = await announcing({ id: 'a' });
    const [older = ''] = await announcer.announce(event);
    const at = new Date(event.at.getTime() + 1);
    const [newer = ''] = await announcer.announce(sampleEvent({ exportId: 'export2', at }));
    expect(newer < older).toBe(true);
  });
});
