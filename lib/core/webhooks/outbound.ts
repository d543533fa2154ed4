import type { OutboundError } from './delivery-error.ts';

/** The only way out to an address that a customer chose. */
export interface Outbound {
  /**
   * Posts the body. Resolves, classifies and pins the address, follows no redirect, gives up after
   * `limits.webhookTimeoutSeconds`. Never throws for what the other side does; throws when `signal`
   * ends the call from our side, and TypeError for a header that is not ours to send.
   */
  post(request: OutboundRequest, signal?: AbortSignal): Promise<OutboundResult>;
}

/** Tells without connecting whether a call to an address would be let out. */
export interface DestinationCheck {
  /** Undefined when it would; else why not. Resolves the name, within three seconds. */
  check(url: string, signal?: AbortSignal): Promise<DestinationTrouble | undefined>;
}

export type DestinationTrouble = Extract<OutboundError, 'blocked_destination' | 'dns_failure'>;

export interface OutboundRequest {
  readonly url: string;
  /** Only the headers of a delivery: the signature's, `authorization`, Lakeside's, and custom ones. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Absent: `application/json`. */
  readonly contentType?: 'application/json' | 'application/x-www-form-urlencoded';
  /** True: a success has the answer's text. It is for a decision at once, never for keeping. */
  readonly readAnswer?: boolean;
}

export type OutboundResult =
  | {
      readonly ok: true;
      readonly status: number;
      /**
       * At most 16 KiB, cut off without a word; only when it was asked for, and absent when the header
       * leaves open where the body is.
       */
      readonly answer?: string;
    }
  | {
      readonly ok: false;
      readonly error: OutboundError;
      readonly status?: number;
      readonly retryAfterSeconds?: number;
    };
