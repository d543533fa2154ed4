/** Why an attempt failed. */
export type DeliveryError =
  | OutboundError
  /** The receiver took the challenge and did not give it back. */
  | 'challenge_not_echoed';

/** Why a call to a customer's address failed, coarse on purpose: more would help to look around behind a name. */
export type OutboundError =
  | 'blocked_destination'
  | 'dns_failure'
  | 'tls_failure'
  | 'connect_failure'
  | 'timeout'
  /** Something came back, but no HTTP status could be read in it. */
  | 'unreadable_answer'
  /** The customer's token URL gave no token; nothing was posted. */
  | 'token_failure'
  | 'http_status';
