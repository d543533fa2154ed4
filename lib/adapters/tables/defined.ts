/** The same type, with `?` where a property may be undefined. */
export type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without the properties that are undefined. */
export function defined<T extends object>(value: T): Defined<T> {
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  // Leaving out what is undefined is exactly what the type says.
  return Object.fromEntries(entries) as Defined<T>;
}
