import { RetryOptions } from 'durable-functions';

/**
 * How often passing trouble is tried again. Every activity has a policy, because a worker that dies
 * fails its activities. `retryTimeoutInMilliseconds` is never set: it hangs orchestrations for ever.
 */

/**
 * 5, 10, 20 and 40 seconds, for what the activity could not even write down: a worker that died, our own
 * storage that is away. Trouble of a source comes as a result with the time to wait.
 */
export function tableRetry(): RetryOptions {
  return retry({ firstMs: 5_000, attempts: 5, longestMs: 60_000 });
}

/** About an hour: these steps end an export, and giving up would leave it open for the watchdog. */
export function closingRetry(): RetryOptions {
  return retry({ firstMs: 2_000, attempts: 20, longestMs: 300_000 });
}

/** About a day: a delivery outlives a long outage of our own storage. */
export function deliveryRetry(): RetryOptions {
  return retry({ firstMs: 10_000, attempts: 30, longestMs: 3_600_000 });
}

function retry(policy: {
  readonly firstMs: number;
  readonly attempts: number;
  readonly longestMs: number;
}): RetryOptions {
  const options = new RetryOptions(policy.firstMs, policy.attempts);
  options.backoffCoefficient = 2;
  options.maxRetryIntervalInMilliseconds = policy.longestMs;
  return options;
}
