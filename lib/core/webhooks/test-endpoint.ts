import { newestFirstId, randomId } from '../ids.ts';
import { takeCall } from './call-budget.ts';
import type { Delivery } from './delivery.ts';
import { closed, progressAfter } from './delivery-progress.ts';
import type { Endpoint } from './endpoint.ts';
import { type EndpointServiceDeps, requireEndpoint } from './endpoint-deps.ts';
import { challenge } from './verify-endpoint.ts';

/** The endpoint as it is after the test, and the test as it stands in the log. */
export interface EndpointTest {
  readonly endpoint: Endpoint;
  /** Absent: the receiver has not consented, so nothing but the challenge was sent. */
  readonly delivery?: Delivery;
}

/**
 * Sends one `webhook.test` and notes it in the log. An endpoint without consent is sent the challenge
 * first, and the test only if it is echoed. A test neither disables an endpoint nor clears it.
 */
export async function testEndpoint(
  deps: EndpointServiceDeps,
  tenantId: string,
  endpointId: string,
): Promise<EndpointTest> {
  const found = await requireEndpoint(deps, tenantId, endpointId);
  await takeCall(deps.callBudgets, tenantId, deps.clock());
  const endpoint = found.verifiedAt === undefined ? await challenge(deps, found) : found;
  if (endpoint.verifiedAt === undefined) return { endpoint };
  const delivery = await sendTest(deps, endpoint);
  await deps.deliveries.insert(delivery);
  return { endpoint, delivery };
}

async function sendTest(deps: EndpointServiceDeps, endpoint: Endpoint): Promise<Delivery> {
  const startedAt = deps.clock();
  const delivery = testDelivery(endpoint, startedAt);
  const answer = await deps.sender.send(endpoint, delivery);
  const endedAt = deps.clock();
  const single = { attemptsBefore: 0, endpointClosed: false, verified: false, random: 0 };
  return closed(progressAfter(delivery, { startedAt, endedAt, answer, ...single }), 'failed');
}

function testDelivery({ tenantId, id: endpointId }: Endpoint, at: Date): Delivery {
  const timestamp = at.toISOString();
  return {
    tenantId,
    id: newestFirstId(at),
    endpointId,
    type: 'webhook.test',
    webhookId: `msg_${randomId(32)}`,
    body: JSON.stringify({ type: 'webhook.test', timestamp, sequence: 1, tenantId, endpointId }),
    status: 'pending',
    createdAt: at,
    attempts: [],
  };
}
