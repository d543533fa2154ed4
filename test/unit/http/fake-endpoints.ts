import { SluiceError } from '../../../lib/core/errors.ts';
import type { Delivery } from '../../../lib/core/webhooks/delivery.ts';
import type { Endpoint } from '../../../lib/core/webhooks/endpoint.ts';
import type { EndpointService } from '../../../lib/core/webhooks/endpoints.ts';

export interface EndpointRows {
  readonly endpoint: Endpoint;
  readonly delivery: Delivery;
}

type Note = (name: string, input: unknown) => void;

/** The service over one endpoint with one delivery; it notes what it is asked to change. */
export function fakeEndpoints(note: Note, { endpoint, delivery }: EndpointRows): EndpointService {
  const isOwn = (tenantId: string, id: string) =>
    tenantId === endpoint.tenantId && id === endpoint.id;
  const requireOwn = (tenantId: string, id: string) => {
    if (!isOwn(tenantId, id)) throw new SluiceError('not_found');
  };
  const signingSecret = 'whsec_c2hvd24gb25jZQ==';
  return {
    create: async (tenantId, createdBy, input, idempotencyKey) => {
      note('endpoints.create', {
        tenantId,
        createdBy,
        input,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      });
      return { endpoint, signingSecret };
    },
    list: async () => [endpoint, { ...endpoint, auth: { kind: 'lakeside' } }],
    find: async (tenantId, id) => (isOwn(tenantId, id) ? endpoint : undefined),
    remove: async (tenantId, id) => requireOwn(tenantId, id),
    change: async (tenantId, id, change) => {
      requireOwn(tenantId, id);
      note('endpoints.change', change);
      return endpoint;
    },
    rotateSecret: async (tenantId, id, rotation) => {
      requireOwn(tenantId, id);
      note('endpoints.rotateSecret', rotation);
      return { endpoint, signingSecret };
    },
    verify: async (tenantId, id, proof) => {
      requireOwn(tenantId, id);
      note('endpoints.verify', proof);
      return { endpoint, caughtUp: 3 };
    },
    test: async (tenantId, id) => {
      requireOwn(tenantId, id);
      return { endpoint, delivery };
    },
    enable: async (tenantId, id) => {
      requireOwn(tenantId, id);
      return { endpoint, caughtUp: 2 };
    },
    listDeliveries: async (tenantId, id, page) => {
      requireOwn(tenantId, id);
      note('endpoints.listDeliveries', page);
      return { items: [delivery], nextCursor: 'next' };
    },
    redeliver: async (tenantId, id) => {
      if (tenantId !== delivery.tenantId || id !== delivery.id) throw new SluiceError('not_found');
      return delivery;
    },
  };
}
