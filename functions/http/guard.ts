import { SluiceError } from '../../lib/core/errors.ts';
import { isLimited } from '../../lib/core/labels/sees-table.ts';
import type { OperatorPrincipal, TenantPrincipal } from '../../lib/core/principal.ts';
import { wholeTenantScopes } from '../../lib/core/principal.ts';
import { addressPrefix } from '../../lib/core/throttle/address-prefix.ts';
import { tooManyRequests } from '../../lib/core/throttle/too-many-requests.ts';
import type { Services } from '../services.ts';
import { type Credential, shapeMistake } from './credentials.ts';
import type { Presented } from './presented.ts';
import type { TenantScope } from './route.ts';

type GuardServices = Pick<
  Services,
  'keys' | 'signIn' | 'checkOperator' | 'authenticationThrottle' | 'log'
>;

/** What lets somebody in. */
interface Admission {
  readonly scope: TenantScope;
  /** The id of a key that needs no scope here. */
  readonly ownKey?: string | undefined;
}

function isKey(principal: TenantPrincipal, keyId: string | undefined): boolean {
  return principal.kind === 'key' && principal.keyId === keyId;
}

/**
 * Who acts for a tenant: the key or the person behind the credential. Throws `unauthenticated`,
 * `wrong_region`, `too_many_requests` after too many failures from the same network, or `forbidden` for
 * a missing scope.
 */
export async function admitTenant(
  services: GuardServices,
  presented: Presented,
  { scope, ownKey }: Admission,
): Promise<TenantPrincipal> {
  const { credential, address } = presented;
  if (credential === undefined) throw unauthenticated();
  const found = await identify(services, credential, address);
  if (found instanceof SluiceError) throw await notATenants(services, credential, presented, found);
  if (scope === 'signed-in' || isKey(found, ownKey)) return found;
  if (!found.scopes.includes(scope)) {
    throw new SluiceError('forbidden', { message: lacksScope(found, scope) });
  }
  if (!isLimited(found.labels) || !wholeTenantScopes.has(scope)) return found;
  throw new SluiceError('forbidden', {
    message: 'This speaks of the whole tenant; a credential limited to labels cannot use it.',
  });
}

/** The operator behind the credential. Throws like `admitTenant`; a tenant's credential is `forbidden`. */
export async function admitOperator(
  services: GuardServices,
  presented: Presented,
): Promise<OperatorPrincipal> {
  const { credential, address } = presented;
  if (credential === undefined) throw unauthenticated();
  const principal = await services.checkOperator(credential.text);
  if (principal?.scopes.includes('operator')) return principal;
  const found = await identify(services, credential, address);
  if (found instanceof SluiceError) throw refuse(services, presented, found);
  throw new SluiceError('forbidden', { message: "This route is the operator's alone." });
}

/** The refusal is returned, because the credential may still be the operator's. */
async function identify(
  { keys, signIn }: GuardServices,
  { kind, text }: Credential,
  address: string | undefined,
): Promise<TenantPrincipal | SluiceError> {
  try {
    return await (kind === 'token' ? signIn(text) : keys.authenticate(text, address));
  } catch (error) {
    if (error instanceof SluiceError && isRefusal(error)) return error;
    throw error;
  }
}

function isRefusal({ code }: SluiceError): boolean {
  return code === 'unauthenticated' || code === 'wrong_region';
}

/** The operator's key never opens data; a stranger's text tells nobody whether there is an operator. */
async function notATenants(
  services: GuardServices,
  credential: Credential,
  presented: Presented,
  refusal: SluiceError,
): Promise<SluiceError> {
  if (!(await isOperator(services, credential.text))) return refuse(services, presented, refusal);
  return new SluiceError('forbidden', {
    message: "The operator's key does not open a tenant's data. Use a key of the tenant.",
  });
}

/** A missing operator's key must not turn the answer to a wrong key into an outage. */
export async function isOperator(
  { checkOperator }: Pick<Services, 'checkOperator'>,
  credential: string,
): Promise<boolean> {
  try {
    return (await checkOperator(credential)) !== undefined;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'secret_unavailable') return false;
    throw error;
  }
}

/**
 * Counts the failure for the network that it came from. Only failures are counted and only failures
 * are refused with 429: behind one network there can be a whole customer, and somebody's broken
 * script must not lock its neighbours' good keys out. Nothing is given away by that, because a secret
 * of 256 bits is not found by guessing however often one may guess; the limit is there to make a
 * broken client slow down and to make guessing stand out.
 *
 * What belongs to another region (K4) counts like a wrong credential: it opens nothing here, and if it
 * did not count, guessing could hide among it. The text may differ, because it gives nothing away: any
 * key that names another stamp gets the operator's public address of that stamp, made-up or real, and a
 * tenant's region is told to whoever holds a good credential of that tenant.
 */
function refuse(
  services: GuardServices,
  { credential, address }: Presented,
  refusal: SluiceError,
): SluiceError {
  const prefix = failurePrefix(address);
  services.log.info('authentication refused', { addressPrefix: prefix, reason: refusal.internal });
  const tooMany = hitFailures(services, prefix);
  if (tooMany !== undefined) return tooMany;
  if (refusal.code === 'wrong_region') return refusal;
  return unauthenticated(refusal, shapeMistake(credential?.text ?? ''));
}

/** Counts a failure; throws `too_many_requests` when there were too many from the same network. */
export function countFailure(
  services: Pick<Services, 'authenticationThrottle'>,
  address: string | undefined,
): void {
  const tooMany = hitFailures(services, failurePrefix(address));
  if (tooMany !== undefined) throw tooMany;
}

/** Where the platform tells no address, all who fail share one count; whoever has a good key does not. */
function failurePrefix(address: string | undefined): string {
  return addressPrefix(address) ?? 'unknown';
}

function hitFailures(
  { authenticationThrottle }: Pick<Services, 'authenticationThrottle'>,
  prefix: string,
): SluiceError | undefined {
  const state = authenticationThrottle.hit(prefix);
  if (state.isAllowed) return undefined;
  const message = `Too many wrong credentials came from your network. Check yours, and try again in ${state.resetSeconds} seconds.`;
  return tooManyRequests(state, message);
}

/**
 * Whatever is wrong with a credential, the answer is the same; the reason stays inside. Only what the
 * text alone shows is told.
 */
function unauthenticated(refusal?: SluiceError, shape?: string): SluiceError {
  const message = 'Send a valid key as `Authorization: Bearer <key>` or `x-api-key: <key>`.';
  return new SluiceError('unauthenticated', {
    message: shape === undefined ? message : `${message} ${shape}`,
    ...(refusal?.internal === undefined ? {} : { internal: refusal.internal }),
    ...(refusal === undefined ? {} : { cause: refusal }),
  });
}

function lacksScope({ kind }: TenantPrincipal, scope: string): string {
  return kind === 'key'
    ? `This key lacks the scope ${scope}. Use a key that has it.`
    : `Your role lacks the scope ${scope}. Ask an owner of your tenant.`;
}
