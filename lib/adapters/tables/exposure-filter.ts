import { odata } from '@azure/data-tables';

/** Table Storage takes 15 comparisons in a filter; the other conditions need some of them. */
const comparedMax = 8;

/**
 * Conditions for rows of these exposures; none where nobody asks or where there are too many, and then
 * whoever asks looks at each row anyway.
 */
export function exposureFilter(exposures: readonly string[] | undefined): readonly string[] {
  if (exposures === undefined || exposures.length > comparedMax) return [];
  const conditions = exposures.map((id) => odata`exposure eq ${id}`);
  // No row has the empty one.
  return [`(${conditions.length === 0 ? odata`exposure eq ${''}` : conditions.join(' or ')})`];
}
