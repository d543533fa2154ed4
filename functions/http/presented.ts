import type { HttpRequest } from '@azure/functions';
import { type Credential, readCredential } from './credentials.ts';
import { readCallerAddress } from './request-facts.ts';

/** What the guard judges a request by. */
export interface Presented {
  readonly credential?: Credential;
  /** Absent when the platform does not tell. */
  readonly address?: string;
}

/** Throws `invalid_header` for several different credentials. */
export function readPresented(
  { headers }: Pick<HttpRequest, 'headers'>,
  keyHeaders: readonly string[],
): Presented {
  const credential = readCredential(headers, keyHeaders);
  const address = readCallerAddress(headers);
  return {
    ...(credential === undefined ? {} : { credential }),
    ...(address === undefined ? {} : { address }),
  };
}
