/** Starts and looks after orchestrations. Made for each call, because the durable client comes with it. */
export interface Starter {
  /** Starting what runs already is fine; starting what has ended runs it again. */
  startExport(work: ExportWork): Promise<void>;
  startDelivery(work: DeliveryWork): Promise<void>;
  exportState(work: ExportWork): Promise<InstanceState>;
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

export type InstanceState = 'missing' | 'running' | 'ended';
