/** api.md §2. */
export const scopes = [
  'exports:read',
  'exports:run',
  'exports:delete',
  'links:create',
  'configurations:write',
  'keys:write',
  'webhooks:write',
  'audit:read',
  'tenant:write',
  'me',
  'operator',
] as const;

export type Scope = (typeof scopes)[number];

/** What the first key of a tenant may do: everything but the operator's work. */
export const ownerScopes: readonly Scope[] = scopes.filter((scope) => scope !== 'operator');

/** What a table of the catalog may demand of whoever sees it. */
export const tableScopes = [
  'exports:delete',
  'configurations:write',
  'keys:write',
  'webhooks:write',
  'audit:read',
  'tenant:write',
] as const satisfies readonly Scope[];

export type TableScope = (typeof tableScopes)[number];

/** api.md §2: what a role of a signed-in user may do. */
export const roleScopes = {
  owner: ownerScopes,
  admin: ownerScopes.filter((scope) => scope !== 'tenant:write'),
  analyst: ['exports:read', 'exports:run', 'links:create'],
  auditor: ['exports:read', 'audit:read'],
  member: ['me'],
} as const satisfies Record<string, readonly Scope[]>;

export type Role = keyof typeof roleScopes;

/** K11: for each label name the values that may be seen; a name that is absent limits nothing. */
export type Labels = Readonly<Record<string, readonly string[]>>;

/**
 * K11: what these scopes open (the log, the webhooks) speaks of the whole tenant, so they are of no use
 * to whoever is limited to labels.
 */
export const wholeTenantScopes: ReadonlySet<Scope> = new Set(['audit:read', 'webhooks:write']);

/** Who calls. The tenant comes from here and from nowhere else. */
export type Principal = TenantPrincipal | OperatorPrincipal;

/** Somebody who acts for one tenant. */
export type TenantPrincipal = KeyPrincipal | UserPrincipal;

export interface KeyPrincipal extends TenantRights {
  readonly kind: 'key';
  readonly keyId: string;
}

/** A signed-in person. */
export interface UserPrincipal extends TenantRights {
  readonly kind: 'user';
  /** Made of issuer and subject; never an e-mail address. */
  readonly userId: string;
  readonly role: Role;
  /** When the person last proved who they are, if the identity provider says so. */
  readonly signedInAt?: Date;
}

interface TenantRights {
  readonly tenantId: string;
  readonly scopes: readonly Scope[];
  /** Absent: everything of the tenant. */
  readonly labels?: Labels;
}

export interface OperatorPrincipal {
  readonly kind: 'operator';
  readonly scopes: readonly Scope[];
}

/** How a principal is named in rows and logs: a kind and an id, never a secret. */
export function principalName(principal: Principal): string {
  switch (principal.kind) {
    case 'key':
      return `key:${principal.keyId}`;
    case 'user':
      return `user:${principal.userId}`;
    case 'operator':
      return 'operator';
  }
}
