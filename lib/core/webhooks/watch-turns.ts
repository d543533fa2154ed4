import type { Clock } from '../clock.ts';
import type { DeliveryStarter } from '../exports/starter.ts';
import type { Log } from '../log.ts';
import { sideBySide } from '../side-by-side.ts';
import type { Residency } from '../tenants/residency.ts';
import type { DeliveryStore } from './delivery.ts';
import { type DeliveryTurn, type DeliveryTurnStore, turnOf } from './delivery-turn.ts';

export interface WatchTurnsDeps {
  readonly deliveryTurns: DeliveryTurnStore;
  readonly deliveries: DeliveryStore;
  readonly residency: Pick<Residency, 'isHere'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A delivery is attempted within seconds of its turn. */
const missedMs = 60_000;
/** The turn is put down before the row; a row that has not come by then never will. */
const forgottenMs = 600_000;
const looksAtOnce = 8;

/**
 * Starts again every delivery that missed its turn by a minute, since its orchestration can fail although
 * its code threw nothing; starting what runs does no harm. Reads only what is overdue. The hourly watch
 * over all deliveries stays: it measures, and it finds what no turn tells of.
 */
export async function watchTurns(deps: WatchTurnsDeps, starter: DeliveryStarter): Promise<void> {
  const missed = new Date(deps.clock().getTime() - missedMs);
  await sideBySide(deps.deliveryTurns.listBefore(missed), looksAtOnce, async (turn) => {
    const { tenantId, deliveryId } = turn;
    try {
      if (!(await deps.residency.isHere(tenantId))) return;
      if (await isOver(deps, turn)) await deps.deliveryTurns.remove(turn);
      else await starter.startDelivery({ tenantId, deliveryId });
    } catch (error) {
      deps.log.error('a delivery could not be looked after', error, { tenantId, deliveryId });
    }
  });
}

/** True when the delivery has ended or has a later turn, which has been put down, too. */
async function isOver({ deliveries, clock }: WatchTurnsDeps, turn: DeliveryTurn): Promise<boolean> {
  const row = (await deliveries.find(turn.tenantId, turn.deliveryId))?.value;
  if (row === undefined) return clock().getTime() - turn.at.getTime() > forgottenMs;
  return row.status !== 'pending' || turnOf(row) > turn.at;
}
