/** A value together with the version it was read at; a change must name the version it was made from. */
export interface Stored<T> {
  readonly value: T;
  readonly etag: string;
}
