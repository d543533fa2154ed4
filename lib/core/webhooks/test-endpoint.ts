import { newestFirstId, randomId } from '../ids.ts';
import { takeCall } from './call-budget.ts';
import { bodyFor } from './consent-code.ts';
import type { Delivery } from './delivery.ts';
import { closed, progressAfter } from './delivery-progress.ts';
import type { Endpoint } from './endpoint.ts';
import { type EndpointServiceDeps, requireEndpoint } from './endpoint-deps.ts';

/** The test as it stands in the log, and the endpoint that it was sent to. */
export interface EndpointTest {
  readonly endpoint: Endpoint;
  readonly delivery: Delivery;
}

/**
 * Sends one `webhook.test` and notes it in the log; it carries the code of an address that is not
 * proven. A test neither disables an endpoint nor clears it.
 */
export async function testEndpoint(
  deps: EndpointServiceDeps,
  tenantId: string,
  endpointId: string,
): Promise<EndpointTest> {
  const endpoint = await requireEndpoint(deps, tenantId, endpointId);
  await takeCall(deps.callBudgets, tenantId, deps.clock());
  const delivery = await sendTest(deps, endpoint);
  await deps.deliveries.insert(delivery);
  return { endpoint, delivery };
}

async function sendTest(deps: EndpointServiceDeps, endpoint: Endpoint): Promise<Delivery> {
  const startedAt = deps.clock();
  const delivery = testDelivery(endpoint, startedAt);
  const { webhookId } = delivery;
  const body = await bodyFor(deps.sealer, endpoint, delivery.body);
  const answer = await deps.sender.send(endpoint, { webhookId, body });
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
