import { describe, expect, test, vi } from 'vitest';
import { ConnectionSlots } from '../../../lib/adapters/sources/postgres/connection-slots.ts';
import type { SnapshotRequest } from '../../../lib/core/sources/source.ts';

function request(purpose?: SnapshotRequest['purpose'], signal = new AbortController().signal) {
  return { tenantSourceId: 'acme', tables: [], signal, ...(purpose && { purpose }) };
}

describe('the connections of one instance', () => {
  test('describing leaves room for exports, however many ask', async () => {
    const slots = new ConnectionSlots('app', 4);
    const looks = Array.from({ length: 60 }, () => slots.take(request('describing')));
    const exported = await Promise.all([slots.take(request()), slots.take(request('exporting'))]);
    let looking = 0;
    for (const look of looks) {
      look.then(
        () => {
          looking += 1;
        },
        () => {},
      );
    }
    await Promise.resolve();
    await vi.waitFor(() => expect(looking).toBe(2));
    for (const giveBack of exported) giveBack();
    await Promise.resolve();
    expect(looking).toBe(2);
  });

  test('who waits comes in when a slot comes free, and a slot is given back once', async () => {
    const slots = new ConnectionSlots('app', 2);
    const [first] = [await slots.take(request()), await slots.take(request())];
    let entered = 0;
    const waiting = [slots.take(request()), slots.take(request())];
    for (const each of waiting) each.then(() => entered++).catch(() => {});
    first?.();
    first?.();
    await vi.waitFor(() => expect(entered).toBe(1));
    (await waiting[0])?.();
    await vi.waitFor(() => expect(entered).toBe(2));
  });

  test('who waits too long is `source_busy`, and who is aborted is `cancelled`', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const slots = new ConnectionSlots('app', 2);
      await Promise.all([slots.take(request()), slots.take(request())]);
      const abort = new AbortController();
      const aborted = slots.take(request('exporting', abort.signal));
      abort.abort();
      await expect(aborted).rejects.toMatchObject({ code: 'cancelled' });
      const late = slots.take(request());
      vi.advanceTimersByTime(10_000);
      await expect(late).rejects.toMatchObject({
        code: 'source_busy',
        internal: expect.stringContaining('maxConnections'),
      });
    } finally {
      vi.useRealTimers();
    }
  });
});
