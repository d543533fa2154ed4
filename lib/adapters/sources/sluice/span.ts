/** The events of one month that a snapshot sees: whatever is written later has a higher number. */
export interface Span {
  readonly month: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
}
