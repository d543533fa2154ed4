import { z } from 'zod';

/** Every error answer (RFC 9457), sent as `application/problem+json`. */
export const problemAnswer = z.strictObject({
  /** A reference relative to the API's own address; it names the kind of problem. */
  type: z.string().regex(/^\/problems\/[a-z_]+$/),
  title: z.string(),
  status: z.int().min(400).max(599),
  /** For people: what happened and what to do. */
  detail: z.string(),
  /** For programs; a code never changes its meaning. */
  code: z.string().regex(/^[a-z_]+$/),
  requestId: z.string(),
  /** Of `already_created`: what the first request made. */
  id: z.string().optional(),
  /** Each mistake in the request with its place as a JSON pointer (RFC 6901). */
  errors: z.array(z.strictObject({ pointer: z.string(), message: z.string() })).optional(),
});

export type ProblemAnswer = z.infer<typeof problemAnswer>;

/** What went wrong with a table or an export; not with the request. */
export const failure = z.strictObject({ code: z.string(), message: z.string() });
