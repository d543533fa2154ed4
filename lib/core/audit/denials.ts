import type { Clock } from '../clock.ts';
import type { ErrorCode } from '../errors.ts';
import { parseKey } from '../keys/key-format.ts';
import type { Principal } from '../principal.ts';
import { type AuditActor, actorName, actorOf, chainOf, operatorChain } from './audit-event.ts';
import type { AuditLog } from './audit-log.ts';

/** An attempt that was refused before anything was done. */
export interface Denial {
  readonly reason: ErrorCode;
  readonly request: { readonly id: string; readonly route: string };
  readonly addressPrefix?: string;
  /** Who it was, if the credential was good. */
  readonly principal?: Principal;
  /** What was presented; only the id of a key is ever written down. */
  readonly credential?: string;
}

/** Throws `audit_unavailable`. */
export type RecordDenial = (denial: Denial) => Promise<void>;

export interface DenialDeps {
  readonly audit: AuditLog;
  /** Of this stamp: the keys of others mean nothing here, and no key is looked up for them. */
  readonly environment: string;
  /** The tenant that a key of this id belongs to, live or not. */
  readonly tenantOfKey: (keyId: string) => Promise<string | undefined>;
  readonly clock: Clock;
}

/** Of one kind of actor on one chain; the rest of a minute is counted and told with the next one. */
const perMinuteMax = 60;
const minuteMs = 60_000;

/**
 * Refusals as events: on the tenant's chain when the credential leads to a tenant, else on the operator's.
 * Each principal, and each source prefix without a good credential, is written once per reason and minute,
 * so that nobody can flood a chain, not even with a good key; the event says how many stood behind the one
 * before.
 */
export function createRecordDenial(deps: DenialDeps): RecordDenial {
  const { audit, clock } = deps;
  const gate = createGate();
  return async (denial) => {
    const { reason, request } = denial;
    const outcome = { result: 'denied' as const, reason };
    const facts = { action: 'auth.deny' as const, outcome, request };
    const { chain, actor, keyId } = await whoIs(deps, denial);
    const source = [actorName(actor), denial.addressPrefix ?? '', keyId ?? '', reason] as const;
    const minute = Math.floor(clock().getTime() / minuteMs);
    // Strangers must not use up what a tenant's own people have.
    const passed = gate(`${chain} ${actor.type}`, source.join(' '), minute);
    if (passed === undefined) return;
    await audit.recordOnce(chain, ['deny', ...source, minute], {
      ...facts,
      actor,
      ...(keyId === undefined ? {} : { target: { type: 'key', id: keyId } }),
      ...(passed.suppressed === 0 ? {} : { details: { count: passed.suppressed } }),
    });
  };
}

/** Whose chain it goes to and who it was; a stranger is nobody, even with a tenant's dead key. */
async function whoIs(
  deps: DenialDeps,
  { principal, addressPrefix, credential }: Denial,
): Promise<{ readonly chain: string; readonly actor: AuditActor; readonly keyId?: string }> {
  if (principal !== undefined) {
    return { chain: chainOf(principal), actor: actorOf(principal, addressPrefix) };
  }
  return { ...(await ownerOf(deps, credential)), actor: anonymous(addressPrefix) };
}

function anonymous(addressPrefix: string | undefined) {
  const place = addressPrefix === undefined ? {} : { addressPrefix };
  return { type: 'anonymous' as const, id: 'anonymous', ...place };
}

/** A key that nobody has made leads to no tenant, so what was presented for it is not written down. */
async function ownerOf(
  { environment, tenantOfKey }: DenialDeps,
  credential: string | undefined,
): Promise<{ readonly chain: string; readonly keyId?: string }> {
  const parts = credential === undefined ? undefined : parseKey(credential);
  const keyId = parts?.environment === environment ? parts.id : undefined;
  const tenantId = keyId === undefined ? undefined : await tenantOfKey(keyId);
  if (keyId === undefined || tenantId === undefined) return { chain: operatorChain };
  return { chain: tenantId, keyId };
}

/** Lets one through per group, source and minute, and counts what it holds back per group. */
function createGate() {
  let minuteOfAll = -1;
  let seen = new Set<string>();
  let passedOf = new Map<string, number>();
  const suppressedOf = new Map<string, number>();
  return (group: string, source: string, minute: number) => {
    if (minute !== minuteOfAll) {
      minuteOfAll = minute;
      seen = new Set();
      passedOf = new Map();
    }
    const passed = passedOf.get(group) ?? 0;
    const suppressed = suppressedOf.get(group) ?? 0;
    if (passed >= perMinuteMax || seen.has(`${group} ${source}`)) {
      suppressedOf.set(group, suppressed + 1);
      return undefined;
    }
    seen.add(`${group} ${source}`);
    passedOf.set(group, passed + 1);
    suppressedOf.delete(group);
    return { suppressed };
  };
}
