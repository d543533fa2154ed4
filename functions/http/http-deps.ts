import type { InvocationContext } from '@azure/functions';
import type { Starter } from '../../lib/core/exports/starter.ts';
import type { Services } from '../services.ts';

/** What every function needs to answer a request. */
export interface HttpDeps {
  readonly services: Services;
  readonly makeStarter: (context: InvocationContext) => Starter;
  /** Further headers that may carry a key, beside `Authorization` and `x-api-key`; lower case. */
  readonly keyHeaders: readonly string[];
}
