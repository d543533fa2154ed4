import { asSluiceError, type ErrorCode, SluiceError } from '../../../lib/core/errors.ts';
import type { Principal } from '../../../lib/core/principal.ts';
import { addressPrefix } from '../../../lib/core/throttle/address-prefix.ts';
import type { Services } from '../../services.ts';
import type { Presented } from '../presented.ts';

const refusals: ReadonlySet<ErrorCode> = new Set([
  'unauthenticated',
  'forbidden',
  'fresh_sign_in_needed',
  'wrong_region',
  'too_many_requests',
  'key_in_url',
]);

export interface Knock {
  readonly presented: Presented;
  readonly requestId: string;
  readonly route: string;
  /** Who it is, once that is known. */
  readonly principal?: Principal;
}

/**
 * Lets somebody in or notes that he was refused, and throws the refusal all the same. A refusal that
 * cannot be noted stays one: nothing is done in either case, and an answer that changed with our own
 * trouble would tell strangers about it.
 */
export async function admitted<T>(
  services: Services,
  knock: Knock,
  admit: () => Promise<T>,
): Promise<T> {
  try {
    return await admit();
  } catch (error) {
    const { code } = asSluiceError(error);
    if (refusals.has(code)) await note(services, knock, code);
    throw error;
  }
}

async function note(services: Services, knock: Knock, reason: ErrorCode): Promise<void> {
  const { presented, requestId, route } = knock;
  const { credential, address } = presented;
  try {
    const principal =
      knock.principal ?? (reason === 'forbidden' ? await knownAs(services, presented) : undefined);
    const prefix = addressPrefix(address);
    await services.recordDenial({
      reason,
      request: { id: requestId, route },
      ...(prefix === undefined ? {} : { addressPrefix: prefix }),
      ...(principal === undefined ? {} : { principal }),
      ...(credential === undefined ? {} : { credential: credential.text }),
    });
  } catch (error) {
    services.log.error('a refusal could not be logged', error, { requestId, route, reason });
  }
}

/** The guard says only no; who it was is asked again, for the log. */
async function knownAs(
  { checkOperator, keys, signIn }: Services,
  { credential, address }: Presented,
): Promise<Principal | undefined> {
  if (credential === undefined) return undefined;
  const { kind, text } = credential;
  try {
    return await (kind === 'token' ? signIn(text) : keys.authenticate(text, address));
  } catch (error) {
    const isUnknown = error instanceof SluiceError && error.code === 'unauthenticated';
    if (!isUnknown) throw error;
    return checkOperator(text);
  }
}
