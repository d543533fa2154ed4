import { z } from 'zod';

/** The parameters that every list takes: `limit` 1 to 200, `cursor` from the page before. */
export const pageParameters = {
  limit: z
    .string()
    .regex(/^([1-9]|[1-9][0-9]|1[0-9]{2}|200)$/, 'Send a whole number from 1 to 200.')
    .transform(Number)
    .exactOptional(),
  cursor: z
    .string()
    .regex(/^[\x21-\x7e]{1,1024}$/, 'Send `nextCursor` of the page before, as it was.')
    .exactOptional(),
};

export const pageQuery = z.strictObject(pageParameters);

export type PageQuery = z.infer<typeof pageQuery>;

/** The answer of a list: `nextCursor` is absent on the last page. */
export function pageAnswer<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().optional() });
}
