import type { HttpRequest } from '@azure/functions';
import type { z } from 'zod';
import { describeIssue } from '../../lib/api/describe-issue.ts';
import { type Mistake, SluiceError } from '../../lib/core/errors.ts';
import { mistakesMax, mistakesOf, pointerOf } from './mistakes.ts';

/**
 * The query as the schema describes it. Throws `invalid_query` with every mistake; a parameter that
 * is given twice is one. The URL is read, because the host's own table of parameters joins repeated
 * ones with a comma and so hides them.
 */
export function parseQuery<Query extends z.ZodType>(
  { url }: Pick<HttpRequest, 'url'>,
  schema: Query,
): z.infer<Query> {
  const pairs = [...new URL(url).searchParams];
  const repeated = repeatedNames(pairs);
  const result = schema.safeParse(Object.fromEntries(pairs), {
    error: describeIssue('parameter'),
  });
  if (result.success && repeated.length === 0) return result.data;
  throw new SluiceError('invalid_query', {
    message: 'Correct the parameters that `errors` lists and send the request again.',
    mistakes: [...repeated, ...mistakesOf(result.error?.issues ?? [])].slice(0, mistakesMax),
  });
}

function repeatedNames(pairs: readonly (readonly [string, string])[]): readonly Mistake[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const [name] of pairs) (seen.has(name) ? repeated : seen).add(name);
  return [...repeated].map((name) => ({
    pointer: pointerOf([name]),
    message: 'Send this parameter only once.',
  }));
}
