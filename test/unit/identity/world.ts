import { createHmac } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { SluiceError } from '../../../lib/core/errors.ts';
import type { IssuerRules, SettingsIssuer } from '../../../lib/core/identity/issuer.ts';
import type { IssuerStore } from '../../../lib/core/identity/issuer-store.ts';
import type { KeyPlace } from '../../../lib/core/identity/key-source.ts';
import { createSignIn } from '../../../lib/core/identity/sign-in.ts';
import type { Tenant, TenantStore } from '../../../lib/core/tenants/tenant.ts';
import { stampIn } from '../../support/residency.ts';
import {
  keySetOf,
  newTokenKey,
  signToken,
  type TokenChange,
  type TokenKey,
} from '../../support/token-issuer.ts';

export const now = new Date('2026-11-20T12:00:00.000Z');
export const nowSeconds = now.getTime() / 1000;

export const issuer = 'https://login.example/one';
export const rules: IssuerRules = {
  issuer,
  audience: 'api://sluice',
  algorithms: ['RS256', 'ES256', 'PS256', 'EdDSA'],
  requiredType: 'at+jwt',
  requiresNotBefore: true,
  requiredClaims: {},
  roleClaim: 'roles',
  roles: { 'sluice-admin': 'admin', 'sluice-analyst': 'analyst', 'sluice-auditor': 'auditor' },
  labelClaims: {},
};

/** What is right in every respect. */
export const claims: JWTPayload = {
  iss: issuer,
  aud: 'api://sluice',
  sub: 'ada',
  iat: nowSeconds - 60,
  nbf: nowSeconds - 60,
  exp: nowSeconds + 3600,
  client_id: 'portal',
  scope: 'exports',
  email: 'ada@example.com',
  roles: ['sluice-analyst'],
};

export const key = await newTokenKey('k1');

/** Tenants and their issuers in memory. */
export function memoryTenants(ids: readonly string[]) {
  const rows = new Map<string, Tenant>(ids.map((id) => [id, tenantOf(id)]));
  const owners = new Map<string, string>();
  const tenants: TenantStore = {
    insert: async (tenant) => rows.size < rows.set(tenant.id, tenant).size,
    find: async (id) => {
      const value = rows.get(id);
      return value && { value, etag: JSON.stringify(value) };
    },
    claimSourceId: async (value) => ({ value, etag: '1' }),
    replaceSourceClaim: async () => {},
    update: async (tenant, etag) => {
      if (JSON.stringify(rows.get(tenant.id)) !== etag) throw new SluiceError('changed_meanwhile');
      rows.set(tenant.id, tenant);
    },
    list: async () => ({ items: [...rows.values()] }),
  };
  let version = 0;
  const etags = new Map<string, string>();
  const tenantIssuers: IssuerStore = {
    find: async (name) => {
      const value = owners.get(name);
      return value === undefined ? undefined : { value, etag: etags.get(name) ?? '' };
    },
    claim: async (name, tenantId, etag) => {
      if (etags.get(name) !== etag) return false;
      version += 1;
      owners.set(name, tenantId);
      etags.set(name, String(version));
      return true;
    },
    release: async (name, etag) => {
      if (etags.get(name) !== etag) return;
      owners.delete(name);
      etags.delete(name);
    },
  };
  return { rows, owners, tenants, tenantIssuers };
}

export interface WorldOptions {
  readonly issuers?: readonly SettingsIssuer[];
  readonly tenants?: ReturnType<typeof memoryTenants>;
  /** By issuer; every one has `key` when absent. */
  readonly keys?: Readonly<Record<string, readonly TokenKey[]>>;
}

export const forTenant = (tenantId: string, change: Partial<IssuerRules> = {}): SettingsIssuer => ({
  rules: { ...rules, ...change },
  tenant: { kind: 'one', tenantId },
});

/** A sign-in over keys in memory; `places` are those that keys were asked of. */
export function signInWorld({ issuers = [forTenant('acme')], tenants, keys }: WorldOptions = {}) {
  const places: KeyPlace[] = [];
  const store = tenants ?? memoryTenants(['acme', 'neighbour']);
  const signIn = createSignIn({
    issuers,
    tenants: store.tenants,
    tenantIssuers: store.tenantIssuers,
    residency: stampIn('here', store.tenants),
    keys: {
      async find(place, header) {
        places.push(place);
        const set = keySetOf(...(keys?.[place.issuer] ?? [key]));
        return set(header).catch(() => undefined);
      },
    },
    clock: () => now,
  });
  return { signIn, places };
}

/** A token that is right but for the change. */
export function tokenWith(change: TokenChange = {}, by: TokenKey = key): Promise<string> {
  return signToken(by, { ...change, claims: { ...claims, ...change.claims } });
}

/** A token whose header and signature are made by hand, as an attacker would. */
export function forge(header: object, sign: (text: string) => string): string {
  const text = [header, claims].map((part) => base64url(JSON.stringify(part))).join('.');
  return `${text}.${sign(text)}`;
}

export function hmac(secret: string): (text: string) => string {
  return (text) => createHmac('sha256', secret).update(text).digest('base64url');
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function tenantOf(id: string): Tenant {
  return { id, name: id, region: 'here', sourceId: id, createdAt: now, wrappedDataKey: 'key' };
}
