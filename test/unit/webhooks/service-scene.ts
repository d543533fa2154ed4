import type { EndpointChange } from '../../../lib/core/webhooks/endpoint-input.ts';
import { createEndpointService } from '../../../lib/core/webhooks/endpoints.ts';
import type {
  DestinationTrouble,
  OutboundRequest,
  OutboundResult,
} from '../../../lib/core/webhooks/outbound.ts';
import { createWebhookSender } from '../../../lib/core/webhooks/send-webhook.ts';
import { memoryIdempotencyStore } from '../../support/memory-idempotency-store.ts';
import {
  memoryCallBudgetStore,
  memoryDeliveryStore,
  memoryEndpointStore,
} from '../../support/memory-webhook-stores.ts';
import { recordingLog, transparentSealer } from '../../support/webhook-samples.ts';

export const url = 'https://hooks.example.com/sluice';
export const now = new Date('2026-11-20T10:00:00Z');

/** A receiver's answer to a request; the challenge is in it when it was asked for one. */
export type Receive = (request: OutboundRequest, challenge: string | undefined) => OutboundResult;

/** Gives back every challenge and takes everything else. */
export const consenting: Receive = (_request, challenge) => ({
  ok: true,
  status: 200,
  ...(challenge === undefined ? {} : { answer: JSON.stringify({ challenge }) }),
});

/** Takes everything and says nothing. */
export const silent: Receive = () => ({ ok: true, status: 204, answer: '' });

/** The service over stores in memory, with a receiver that tests can change. */
export function service(trouble?: DestinationTrouble) {
  const endpoints = memoryEndpointStore();
  const deliveries = memoryDeliveryStore();
  const callBudgets = memoryCallBudgetStore();
  const checked: string[] = [];
  const posts: OutboundRequest[] = [];
  const started: string[] = [];
  const world: { nowMs: number; receive: Receive } = {
    nowMs: now.getTime(),
    receive: consenting,
  };
  const clock = () => new Date(world.nowMs);
  const outbound = {
    post: async (request: OutboundRequest) => {
      posts.push(request);
      return world.receive(request, challengeIn(request));
    },
  };
  const sealer = transparentSealer;
  const deps = {
    endpoints,
    deliveries,
    callBudgets,
    idempotency: memoryIdempotencyStore(),
    sealer,
    trustedHosts: ['hooks.trusted.example'],
    sender: createWebhookSender({ outbound, sealer, clock }),
    urlRules: { allowLoopback: false, extraPorts: [], ownHosts: [] },
    destinations: {
      check: async (text: string) => {
        checked.push(text);
        return trouble;
      },
    },
    clock,
    log: recordingLog(),
  };
  const starter = {
    startDelivery: async ({ deliveryId }: { readonly deliveryId: string }) => {
      started.push(deliveryId);
    },
  };
  const made = createEndpointService(deps);
  return {
    ...made,
    ...deps,
    change: (tenantId: string, id: string, change: EndpointChange) =>
      made.change(tenantId, id, change, starter),
    verify: (tenantId: string, id: string, code?: string) =>
      made.verify(tenantId, id, { code }, starter),
    checked,
    posts,
    started,
    starter,
    world,
  };
}

export function challengeIn({ body }: OutboundRequest): string | undefined {
  const found = /^\{"type":"webhook\.validation".*"challenge":"([^"]+)"\}$/.exec(body);
  return found?.[1];
}
