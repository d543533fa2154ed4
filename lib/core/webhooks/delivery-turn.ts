/** When a delivery that is under way has its next turn. */
export interface DeliveryTurn {
  readonly tenantId: string;
  readonly deliveryId: string;
  readonly at: Date;
}

/**
 * The turns of all tenants' deliveries by their time, so that those that were missed are found without
 * reading any tenant's deliveries. Kept by the store of deliveries itself: a pending delivery always has
 * the turn of its row, and may have left older ones behind.
 */
export interface DeliveryTurnStore {
  /** Those before this moment, the oldest first. */
  listBefore(moment: Date): AsyncIterable<DeliveryTurn>;
  /** Removing what is not there is fine. */
  remove(turn: DeliveryTurn): Promise<void>;
}

/** When the delivery has its next turn. */
export function turnOf(delivery: {
  readonly createdAt: Date;
  readonly nextAttemptAt?: Date;
}): Date {
  return delivery.nextAttemptAt ?? delivery.createdAt;
}
