import { z } from 'zod';

/** The query of `GET /dataegress/geturl/{invocationId}`. Too many hours have an error of their own. */
export const getUrlQuery = z.strictObject({
  expirationHours: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, 'Send a whole number from 1 to 8.')
    .transform(Number)
    .exactOptional(),
});

/** Lakeside's shape: a file's address is `baseUrl + name + sasToken`. */
export const getUrlAnswer = z.strictObject({
  baseUrl: z.url(),
  sasToken: z.string().startsWith('?'),
  files: z.array(z.string()),
});

export type GetUrlAnswer = z.infer<typeof getUrlAnswer>;
