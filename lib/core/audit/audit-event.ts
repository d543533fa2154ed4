import type { ErrorCode } from '../errors.ts';
import type { Principal } from '../principal.ts';

/** Everything that can stand in `action`; a name never changes its meaning. */
export const auditActions = [
  'export.start',
  'export.cancel',
  'export.retry',
  'export.delete',
  'export.fetched',
  'export.finish',
  'export.remove_files',
  'manifest.read',
  'link.create',
  'configuration.create',
  'configuration.change',
  'configuration.delete',
  'webhook.create',
  'webhook.change',
  'webhook.delete',
  'webhook.test',
  'webhook.verify',
  'webhook.rotate_secret',
  'webhook.enable',
  'webhook.disable',
  'webhook.block',
  'webhook.redeliver',
  'key.create',
  'key.rotate',
  'key.revoke',
  'key.expose',
  'tenant.create',
  'tenant.change',
  'tenant.delete',
  'tenant.cancel_deletion',
  'auth.deny',
  'audit.read',
  'audit.verify',
  'audit.retire',
] as const;

export type AuditAction = (typeof auditActions)[number];

export type AuditActorType = 'key' | 'user' | 'operator' | 'system' | 'anonymous';

export type AuditTargetType =
  | 'export'
  | 'webhook'
  | 'delivery'
  | 'key'
  | 'tenant'
  | 'configuration'
  | 'audit';

/** `attempted`: the act is about to begin; an event with the same `request.act` tells how it ended. */
export type AuditResult = 'attempted' | 'success' | 'failure' | 'denied';

export interface AuditActor {
  readonly type: AuditActorType;
  readonly id: string;
  /** Where the caller is, coarse on purpose: /24 of IPv4, /48 of IPv6. */
  readonly addressPrefix?: string;
}

export interface AuditTarget {
  readonly type: AuditTargetType;
  readonly id: string;
}

/** Ids, counts, codes and names of fields. Never a secret, a link, row data, an e-mail address. */
export interface AuditDetails {
  /** Names of the fields that the request's body had. */
  readonly fields?: readonly string[];
  /** The key that takes over from the target. */
  readonly newKeyId?: string;
  readonly exportId?: string;
  readonly linkId?: string;
  readonly endpointId?: string;
  readonly tenantId?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly attempt?: number;
  readonly tables?: number;
  readonly failedTables?: number;
  readonly files?: number;
  readonly rows?: number;
  readonly bytes?: number;
  /** How many of the same kind stand behind this one event. */
  readonly count?: number;
  /** `yyyymm`. */
  readonly month?: string;
  readonly upToSeq?: number;
}

export interface AuditRequest {
  /** As the answer's `x-request-id`: the caller may have chosen it, so it proves nothing. */
  readonly id: string;
  readonly route: string;
  /** Ours, and never twice: what one act left in the log has it in common. */
  readonly act?: string;
}

/** What happened, as whoever saw it hands it over. */
export interface AuditFacts {
  readonly action: AuditAction;
  readonly actor: AuditActor;
  readonly target?: AuditTarget;
  readonly outcome: { readonly result: AuditResult; readonly reason?: ErrorCode };
  readonly request?: AuditRequest;
  readonly details?: AuditDetails;
}

/** One link of a chain, exactly as it is hashed: JSON values only. */
export interface AuditEvent extends AuditFacts {
  /** 1 for the first event of the chain, then one more each, without a gap. */
  readonly seq: number;
  readonly id: string;
  /** The tenant, or `operatorChain`. */
  readonly tenantId: string;
  /** ISO 8601, UTC: when it was written. */
  readonly time: string;
  readonly schemaVersion: 1;
  /** The hash of the event before; `genesisHash` for the first. */
  readonly prevHash: string;
  /** SHA-256 (hex) over the canonical JSON of everything else. */
  readonly hash: string;
}

/** The operator's chain; no tenant's id has an underscore. */
export const operatorChain = '_operator';

/** The chain that a principal's acts go to. */
export function chainOf(principal: Principal): string {
  return principal.kind === 'operator' ? operatorChain : principal.tenantId;
}

/** A principal as an actor. */
export function actorOf(principal: Principal, addressPrefix?: string): AuditActor {
  const place = addressPrefix === undefined ? {} : { addressPrefix };
  switch (principal.kind) {
    case 'key':
      return { type: 'key', id: principal.keyId, ...place };
    case 'user':
      return { type: 'user', id: principal.userId, ...place };
    case 'operator':
      return { type: 'operator', id: 'operator', ...place };
  }
}

/** What timers and activities do by themselves. */
export const systemActor: AuditActor = { type: 'system', id: 'sluice' };

/** How an actor is named in filters: `key:<id>`, `user:<id>`, `operator`, `system`, `anonymous`. */
export function actorName({ type, id }: AuditActor): string {
  return type === 'key' || type === 'user' ? `${type}:${id}` : type;
}
