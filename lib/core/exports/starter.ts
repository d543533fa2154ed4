/** Starts and looks after orchestrations. Made for each call, because the durable client comes with it. */
export interface Starter {
  /** Starting what runs already is fine; starting what has ended runs it again. */
  startExport(work: ExportWork): Promise<void>;
  startDelivery(work: DeliveryWork): Promise<void>;
  exportState(work: ExportWork): Promise<InstanceState>;
  /** Starts a lane beside the export's orchestration, which does not wait for it. */
  startLane(lane: LaneRef, tables: readonly number[]): Promise<void>;
  laneState(lane: LaneRef): Promise<InstanceState>;
  /** Removes the history of every attempt up to this one; what is not there is fine. */
  purgeExport(work: ExportWork): Promise<void>;
}

/** All that webhooks need of it. */
export type DeliveryStarter = Pick<Starter, 'startDelivery'>;

/** One attempt at one export: the whole input of its orchestration. */
export interface ExportWork {
  readonly tenantId: string;
  readonly exportId: string;
  readonly attempt: number;
}

export interface DeliveryWork {
  readonly tenantId: string;
  readonly deliveryId: string;
}

/** One start of one lane of an export. */
export interface LaneRef extends ExportWork {
  /** The plan that it belongs to, from 1. */
  readonly run: number;
  /** Its place in the plan. */
  readonly lane: number;
  /** 0 for the plan's own start, and one more each time that it was started again. */
  readonly start: number;
}

/** `broken`: it ended without coming to its end, as when its process died or somebody stopped it. */
export type InstanceState = 'missing' | 'running' | 'completed' | 'broken';
