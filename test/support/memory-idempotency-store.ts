import type { Claim, IdempotencyStore } from '../../lib/core/exports/stores.ts';

/** The port, in memory. */
export function memoryIdempotencyStore(): IdempotencyStore {
  const claims = new Map<string, Claim>();
  return {
    async claim(tenantId, keyHash, claim, staleBefore) {
      const key = JSON.stringify([tenantId, keyHash]);
      const held = claims.get(key);
      if (held !== undefined && held.claimedAt >= staleBefore) return held;
      claims.set(key, claim);
      return claim;
    },
  };
}
