/** `yyyymm` of a moment, UTC; months sort like their texts. */
export function auditMonthOf(time: Date): string {
  return time.toISOString().slice(0, 7).replace('-', '');
}

/** The first moment after the month. */
export function endOfAuditMonth(month: string): Date {
  // The number of a month counts from 1, so as an index from 0 it is the month after.
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(4)), 1));
}
