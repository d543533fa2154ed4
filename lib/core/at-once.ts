/** Does the work for each item, so many at once and no more; the first error ends it. */
export async function forEachAtOnce<T>(
  items: AsyncIterable<T>,
  atOnce: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  const work = async () => {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      await act(next.value);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
