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

/** Who calls. The tenant comes from here and from nowhere else. */
export type Principal = KeyPrincipal | OperatorPrincipal;

export interface KeyPrincipal {
  readonly kind: 'key';
  readonly tenantId: string;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
}

export interface OperatorPrincipal {
  readonly kind: 'operator';
  readonly scopes: readonly Scope[];
}

/** How a principal is named in rows and logs: a kind and an id, never a secret. */
export function principalName(principal: Principal): string {
  return principal.kind === 'key' ? `key:${principal.keyId}` : 'operator';
}
