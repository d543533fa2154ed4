/** One page of a list, newest first; `nextCursor` is absent on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

export interface PageRequest {
  /** 1 to 200. */
  readonly limit: number;
  /** Opaque; from the page before. */
  readonly cursor?: string;
}
