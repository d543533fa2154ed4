import { createAnnouncer, createNotifier } from '../../../lib/core/webhooks/announce.ts';
import { createDeliverer, type DelivererDeps } from '../../../lib/core/webhooks/deliver.ts';
import type { Delivery } from '../../../lib/core/webhooks/delivery.ts';
import type { Endpoint } from '../../../lib/core/webhooks/endpoint.ts';
import type { SecretOpener } from '../../../lib/core/webhooks/endpoint-secrets.ts';
import type {
  Outbound,
  OutboundRequest,
  OutboundResult,
} from '../../../lib/core/webhooks/outbound.ts';
import { createWebhookSender } from '../../../lib/core/webhooks/send-webhook.ts';
import { memoryDeliveryStore, memoryEndpointStore } from '../../support/memory-webhook-stores.ts';
import { notingMetrics } from '../../support/noting-metrics.ts';
import {
  recordingLog,
  sampleEndpoint,
  sampleEvent,
  transparentSealer,
} from '../../support/webhook-samples.ts';

export const hourMs = 3_600_000;
export const refused: OutboundResult = { ok: false, error: 'connect_failure' };
export const accepted: OutboundResult = { ok: true, status: 204 };
export const status = (code: number, retryAfterSeconds?: number): OutboundResult => ({
  ok: false,
  error: 'http_status',
  status: code,
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});

/** One delivery to one endpoint, with a clock that stands still until it is moved. */
export async function scene(
  options: { readonly endpoint?: Partial<Endpoint>; readonly unproven?: boolean } = {},
) {
  const endpoints = memoryEndpointStore();
  const deliveries = memoryDeliveryStore();
  const log = recordingLog();
  const metrics = notingMetrics();
  const posts: OutboundRequest[] = [];
  const started: string[] = [];
  const world = { nowMs: Date.parse('2026-11-20T10:00:00Z'), random: 0.5, answer: refused };
  const clock = () => new Date(world.nowMs);
  const outbound: Outbound = {
    post: async (request) => {
      posts.push(request);
      return world.answer;
    },
  };
  const senderOf = (change: { outbound?: Outbound; sealer?: SecretOpener } = {}) =>
    createWebhookSender({ outbound, sealer: transparentSealer, clock, ...change });
  const deps: DelivererDeps = {
    endpoints,
    deliveries,
    log,
    metrics,
    sender: senderOf(),
    sealer: transparentSealer,
    notifier: createNotifier({ endpoints, deliveries }),
    clock,
    random: () => world.random,
  };
  const starter = {
    startDelivery: async ({ deliveryId }: { readonly deliveryId: string }) => {
      started.push(deliveryId);
    },
  };
  const { verifiedAt, ...unproven } = sampleEndpoint(options.endpoint);
  const isProven = verifiedAt !== undefined && options.unproven !== true;
  await endpoints.insert(isProven ? { ...unproven, verifiedAt } : unproven);
  const announcer = createAnnouncer({ endpoints, deliveries });
  const announce = async (exportId: string): Promise<string> => {
    const at = new Date(world.nowMs);
    const [id = ''] = await announcer.announce(sampleEvent({ exportId, at }));
    return id;
  };
  const id = await announce('export1');
  return {
    ...deps,
    endpoints,
    deliveries,
    deps,
    posts,
    started,
    starter,
    world,
    announce,
    announcer,
    senderOf,
    id,
    lines: log.lines,
    told: metrics.told,
    attempt: (deliveryId = id) => createDeliverer(deps).attempt('acme', deliveryId, starter),
    row: (deliveryId = id) => valueIn<Delivery>(deliveries.find('acme', deliveryId)),
    endpoint: (endpointId = 'endpoint1') => valueIn<Endpoint>(endpoints.find('acme', endpointId)),
  };
}

async function valueIn<T>(stored: Promise<{ readonly value: T } | undefined>): Promise<T> {
  const found = await stored;
  if (found === undefined) throw new TypeError('no row');
  return found.value;
}
