import { SluiceError } from '../../lib/core/errors.ts';
import { reverseTicks } from '../../lib/core/ids.ts';
import type { Stored } from '../../lib/core/stored.ts';
import type { CallBudgetStore } from '../../lib/core/webhooks/call-budget.ts';
import type { Delivery, DeliveryFilter, DeliveryStore } from '../../lib/core/webhooks/delivery.ts';
import type { Endpoint, EndpointStore } from '../../lib/core/webhooks/endpoint.ts';

/** Rows in memory with etags, as strict as Table Storage about them. */
class MemoryRows<T extends { readonly tenantId: string; readonly id: string }> {
  private readonly rows = new Map<string, Stored<T>>();
  private version = 0;

  insert(value: T): boolean {
    if (this.rows.has(keyOf(value.tenantId, value.id))) return false;
    this.put(value);
    return true;
  }

  find(tenantId: string, id: string): Stored<T> | undefined {
    return structuredClone(this.rows.get(keyOf(tenantId, id)));
  }

  list(tenantId: string): readonly T[] {
    const values = [...this.rows.values()].map(({ value }) => structuredClone(value));
    return values.filter((value) => value.tenantId === tenantId);
  }

  update(value: T, etag: string): void {
    const current = this.rows.get(keyOf(value.tenantId, value.id));
    if (current?.etag !== etag) throw new SluiceError('changed_meanwhile');
    this.put(value);
  }

  remove(tenantId: string, id: string): boolean {
    return this.rows.delete(keyOf(tenantId, id));
  }

  private put(value: T): void {
    this.version += 1;
    const stored = { value: structuredClone(value), etag: `W/"${this.version}"` };
    this.rows.set(keyOf(value.tenantId, value.id), stored);
  }
}

/** The port, in memory. */
export function memoryEndpointStore(): EndpointStore {
  const rows = new MemoryRows<Endpoint>();
  return {
    insert: async (endpoint) => {
      if (!rows.insert(endpoint)) throw new SluiceError('already_exists');
    },
    find: async (tenantId, id) => rows.find(tenantId, id),
    list: async (tenantId) => rows.list(tenantId),
    update: async (endpoint, etag) => rows.update(endpoint, etag),
    remove: async (tenantId, id) => rows.remove(tenantId, id),
  };
}

/** The port, in memory, and all rows for tests to look at. */
export function memoryDeliveryStore(): DeliveryStore & {
  all(tenantId: string): readonly Delivery[];
} {
  const rows = new MemoryRows<Delivery>();
  return {
    insert: async (delivery) => rows.insert(delivery),
    find: async (tenantId, id) => rows.find(tenantId, id),
    update: async (delivery, etag) => rows.update(delivery, etag),
    async list(tenantId, filter, { limit, cursor = '' }) {
      const found = matching(rows, tenantId, filter).filter(({ id }) => id > cursor);
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return found.length <= limit || last === undefined
        ? { items }
        : { items, nextCursor: last.id };
    },
    async *scan(tenantId, filter) {
      yield* matching(rows, tenantId, filter);
    },
    async removeBefore(tenantId, cutoff) {
      const old = rows.list(tenantId).filter(({ id }) => id > `${reverseTicks(cutoff)}~`);
      for (const { id } of old) rows.remove(tenantId, id);
      return old.length;
    },
    all: (tenantId) => rows.list(tenantId),
  };
}

/** The newest event first, as Table Storage gives them. */
function matching(
  rows: MemoryRows<Delivery>,
  tenantId: string,
  { endpointId, status, from, to }: DeliveryFilter,
): readonly Delivery[] {
  return rows
    .list(tenantId)
    .filter((row) => to === undefined || row.id >= reverseTicks(to))
    .filter((row) => from === undefined || row.id < `${reverseTicks(from)}~`)
    .filter((row) => endpointId === undefined || row.endpointId === endpointId)
    .filter((row) => status === undefined || row.status === status)
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** The port, in memory. */
export function memoryCallBudgetStore(): CallBudgetStore {
  const rows = new MemoryRows<{ tenantId: string; id: string; times: readonly Date[] }>();
  const rowOf = (tenantId: string, times: readonly Date[]) => ({ tenantId, id: 'calls', times });
  return {
    find: async (tenantId) => {
      const stored = rows.find(tenantId, 'calls');
      return stored && { value: stored.value.times, etag: stored.etag };
    },
    insert: async (tenantId, times) => rows.insert(rowOf(tenantId, times)),
    update: async (tenantId, times, etag) => rows.update(rowOf(tenantId, times), etag),
  };
}

function keyOf(tenantId: string, id: string): string {
  return JSON.stringify([tenantId, id]);
}
