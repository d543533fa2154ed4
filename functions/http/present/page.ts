import type { PageQuery } from '../../../lib/api/page.ts';
import { limits } from '../../../lib/core/limits.ts';
import type { Page, PageRequest } from '../../../lib/core/page.ts';

/** The page that a query asks for, with the default size. */
export function pageRequestOf({ limit, cursor }: PageQuery): PageRequest {
  return {
    limit: limit ?? limits.pageItemsDefault,
    ...(cursor === undefined ? {} : { cursor }),
  };
}

/** One page of a list; `nextCursor` is absent on the last. */
export function presentPage<T, Item>(
  { items, nextCursor }: Page<T>,
  present: (item: T) => Item,
): { items: Item[]; nextCursor: string | undefined } {
  return { items: items.map(present), nextCursor };
}
