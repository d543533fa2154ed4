import type { OutboundError } from './delivery.ts';

/** The only way out to an address that a customer chose. */
export interface Outbound {
  /**
   * Posts the body. Resolves, classifies and pins the address, follows no redirect, gives up after
   * `limits.webhookTimeoutSeconds`. Never throws for what the other side does.
   */
  post(request: OutboundRequest, signal?: AbortSignal): Promise<OutboundResult>;
}

export interface OutboundRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type OutboundResult =
  | { readonly ok: true; readonly status: number }
  | {
      readonly ok: false;
      readonly error: OutboundError;
      readonly status?: number;
      readonly retryAfterSeconds?: number;
    };
