import type { Clock } from '../clock.ts';
import type { ErrorCode } from '../errors.ts';
import { parseKey } from '../keys/key-format.ts';
import type { Principal } from '../principal.ts';
import { actorOf, chainOf, operatorChain } from './audit-event.ts';
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

/** Of all that nobody has signed for; the rest of a minute is counted and told with the next one. */
const perMinuteMax = 60;
const minuteMs = 60_000;

/**
 * Refusals as events: on the tenant's chain when the credential leads to a tenant, else on the operator's.
 * What comes without a good credential is written once per source prefix and minute, so that nobody can
 * flood a chain; the event says how many stood behind the one before.
 */
export function createRecordDenial(deps: DenialDeps): RecordDenial {
  const { audit, clock } = deps;
  const gate = createGate();
  return async (denial) => {
    const { principal, reason, request } = denial;
    const outcome = { result: 'denied' as const, reason };
    const facts = { action: 'auth.deny' as const, outcome, request };
    if (principal !== undefined) {
      const actor = actorOf(principal, denial.addressPrefix);
      return audit.record(chainOf(principal), { ...facts, actor });
    }
    const { chain, keyId } = await ownerOf(deps, denial.credential);
    const source = [denial.addressPrefix ?? '', keyId ?? ''] as const;
    const minute = Math.floor(clock().getTime() / minuteMs);
    const passed = gate(chain, source.join(' '), minute);
    if (passed === undefined) return;
    await audit.recordOnce(chain, ['deny', ...source, minute], {
      ...facts,
      actor: anonymous(denial.addressPrefix),
      ...(keyId === undefined ? {} : { target: { type: 'key', id: keyId } }),
      ...(passed.suppressed === 0 ? {} : { details: { count: passed.suppressed } }),
    });
  };
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

/** Lets one through per chain, source and minute, and counts what it holds back per chain. */
function createGate() {
  let minuteOfAll = -1;
  let seen = new Set<string>();
  let passedOf = new Map<string, number>();
  const suppressedOf = new Map<string, number>();
  return (chain: string, source: string, minute: number) => {
    if (minute !== minuteOfAll) {
      minuteOfAll = minute;
      seen = new Set();
      passedOf = new Map();
    }
    const passed = passedOf.get(chain) ?? 0;
    const suppressed = suppressedOf.get(chain) ?? 0;
    if (passed >= perMinuteMax || seen.has(`${chain} ${source}`)) {
      suppressedOf.set(chain, suppressed + 1);
      return undefined;
    }
    seen.add(`${chain} ${source}`);
    passedOf.set(chain, passed + 1);
    suppressedOf.delete(chain);
    return { suppressed };
  };
}
