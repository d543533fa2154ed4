import { asSluiceError, SluiceError } from '../../lib/core/errors.ts';
import type { OperatorPrincipal, TenantPrincipal } from '../../lib/core/principal.ts';
import type { Services } from '../services.ts';
import { findKeysInUrl } from './credentials.ts';
import type { TenantScope } from './route.ts';

type GuardServices = Pick<Services, 'keys' | 'checkOperator'>;

/** Throws `key_in_url` when the URL holds a key, and marks the key as exposed. */
export async function refuseKeysInUrl(
  { keys, log }: Pick<Services, 'keys' | 'log'>,
  url: string,
): Promise<void> {
  const found = findKeysInUrl(url);
  if (!found.isRefused) return;
  for (const key of found.keys) {
    // The caller must hear of the mistake even when it cannot be noted down.
    await keys.flagExposed(key).catch((error: unknown) => {
      log.error('exposed key could not be flagged', asSluiceError(error));
    });
  }
  throw new SluiceError('key_in_url', {
    message:
      'URLs end up in logs. Send the key in a header (`Authorization: Bearer <key>`), and replace it if it was in this URL.',
  });
}

/** The tenant's key behind the credential. Throws `unauthenticated`, or `forbidden` for a missing scope. */
export async function admitKey(
  services: GuardServices,
  credential: string | undefined,
  scope: TenantScope,
): Promise<TenantPrincipal> {
  if (credential === undefined) throw unauthenticated();
  const principal = await findKey(services, credential);
  if (principal === undefined) throw await notAKey(services, credential);
  if (principal.scopes.includes(scope)) return principal;
  throw new SluiceError('forbidden', {
    message: `This key lacks the scope ${scope}. Use a key that has it.`,
  });
}

/** The operator behind the credential. Throws `unauthenticated`, or `forbidden` for a tenant's key. */
export async function admitOperator(
  services: GuardServices,
  credential: string | undefined,
): Promise<OperatorPrincipal> {
  if (credential === undefined) throw unauthenticated();
  const principal = await services.checkOperator(credential);
  if (principal?.scopes.includes('operator')) return principal;
  if ((await findKey(services, credential)) === undefined) throw unauthenticated();
  throw new SluiceError('forbidden', { message: "This route is the operator's alone." });
}

/** Whatever is wrong with a key, the answer is the same. */
function unauthenticated(): SluiceError {
  return new SluiceError('unauthenticated', {
    message: 'Send a valid key as `Authorization: Bearer <key>` or `x-api-key: <key>`.',
  });
}

async function findKey(
  { keys }: GuardServices,
  credential: string,
): Promise<TenantPrincipal | undefined> {
  try {
    return await keys.authenticate(credential);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'unauthenticated') return undefined;
    throw error;
  }
}

/** The operator's key never opens data; a stranger's text tells nobody whether there is an operator. */
async function notAKey(services: GuardServices, credential: string): Promise<SluiceError> {
  if (!(await isOperator(services, credential))) return unauthenticated();
  return new SluiceError('forbidden', {
    message: "The operator's key does not open a tenant's data. Use a key of the tenant.",
  });
}

/** A missing operator's key must not turn the answer to a wrong key into an outage. */
async function isOperator({ checkOperator }: GuardServices, credential: string): Promise<boolean> {
  try {
    return (await checkOperator(credential)) !== undefined;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'secret_unavailable') return false;
    throw error;
  }
}
