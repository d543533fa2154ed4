import { z } from 'zod';

/** The body of a POST that needs none: nothing at all, or `{}`. */
export const emptyBody = z.strictObject({});

/** The query of a route that takes no parameters. */
export const emptyQuery = z.strictObject({});
