/** What an export leaves behind once its files are gone, and when it is to be removed. */
export interface Trace {
  readonly tenantId: string;
  readonly exportId: string;
  readonly at: Date;
  /** `rows`: of its tables, parts and receipts of clients; then `ledger`: who got which links. */
  readonly stage: 'rows' | 'ledger';
}

/** Found by time, so that nothing is scanned. */
export interface TraceStore {
  /** One mark for each export and day; marking twice is harmless. */
  mark(trace: Trace): Promise<void>;
  clear(trace: Trace): Promise<void>;
  /** Every mark with `at` at or before `now`, the oldest day first. */
  listDue(now: Date): AsyncIterable<Trace>;
}
