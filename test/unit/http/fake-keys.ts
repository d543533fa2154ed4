import type { Services } from '../../../functions/services.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import type { KeyRecord } from '../../../lib/core/keys/key-record.ts';
import { requireKeyMaker } from '../../../lib/core/keys/key-rights.ts';
import {
  type KeyPrincipal,
  ownerScopes,
  principalName,
  type Role,
  roleScopes,
  type UserPrincipal,
} from '../../../lib/core/principal.ts';
import { canaries, credentials, ids, keyOf, now } from './fake-world.ts';

type Note = (name: string, input: unknown) => void;

const principals: Readonly<Record<string, KeyPrincipal>> = {
  [credentials.owner]: principal(ids.tenant, 'owner', ownerScopes),
  [credentials.neighbour]: principal(ids.neighbour, 'neighbour', ownerScopes),
  [credentials.member]: principal(ids.tenant, 'member', ['me']),
  [credentials.limited]: {
    ...principal(ids.tenant, 'limited', ownerScopes),
    labels: { system: ['shop'] },
  },
};

/** The token of a person with this role, as the fake sign-in takes it. */
export function tokenOf(role: Role, tenantId: string = ids.tenant): string {
  return `header.${role}_${tenantId}.signature`;
}

/** Signs in whoever `tokenOf` names. */
export const fakeSignIn: Services['signIn'] = async (token) => {
  const [, role = '', tenantId = ''] = /^header\.([a-z]+)_([a-z]+)\.signature$/.exec(token) ?? [];
  if (isRole(role)) return person(role, tenantId);
  throw new SluiceError('unauthenticated', { internal: 'the fake knows no such token' });
};

/** A service over one key that belongs to the tenant. */
export function fakeKeys(note: Note, flagged: string[]): Services['keys'] {
  const requireOwn = (tenantId: string, keyId: string) => {
    if (tenantId === ids.tenant && keyId === ids.key) return;
    throw new SluiceError('not_found', { message: 'There is no key with this id.' });
  };
  return {
    authenticate: async (presented) => {
      const found = principals[presented];
      if (found !== undefined) return found;
      const texts = { message: `Another text about ${presented}`, internal: 'it is unknown' };
      throw new SluiceError('unauthenticated', texts);
    },
    create: async (maker, wish) => {
      requireKeyMaker(maker);
      note('keys.create', { maker: principalName(maker), wish });
      const { expiresInDays, renewableForDays, idempotencyKey, ...asked } = wish;
      const record = {
        ...key,
        id: 'newkey000000',
        scopes: ownerScopes,
        ...asked,
        createdBy: principalName(maker),
      };
      return { key: keyOf('newkey', 'e'), record };
    },
    own: async ({ keyId }) => ({ ...key, id: keyId, renewableUntil: key.expiresAt }),
    list: async ({ tenantId }, page) => {
      note('keys.list', { tenantId, page });
      const lastUse = { at: now, addressPrefix: '203.0.113.0/24' };
      return { items: tenantId === ids.tenant ? [{ record: fullKey, lastUse }] : [] };
    },
    revoke: async ({ tenantId }, keyId) => {
      requireOwn(tenantId, keyId);
      note('keys.revoke', { tenantId, keyId });
      return { ...key, revokedAt: now };
    },
    rotate: async (maker, wish) => {
      if (maker.kind !== 'key' || maker.keyId !== wish.keyId) requireKeyMaker(maker);
      requireOwn(maker.tenantId, wish.keyId);
      note('keys.rotate', { maker: principalName(maker), wish });
      const replaced = { ...key, rotatedTo: 'successor000' };
      const record = { ...key, id: 'successor000', rotatedFrom: ids.key };
      return { key: keyOf('successor', 'f'), record, replaced };
    },
    flagExposed: async (presented) => {
      flagged.push(presented);
      const found = principals[presented];
      return found === undefined ? undefined : { ...key, id: found.keyId, exposedAt: now };
    },
    settled: async () => {},
  };
}

const key: KeyRecord = {
  id: ids.key,
  tenantId: ids.tenant,
  name: 'nightly pull',
  secretHash: canaries.sealed,
  pepperVersion: canaries.sealed,
  scopes: ['exports:read'],
  createdBy: 'operator',
  createdAt: now,
  expiresAt: new Date('2027-02-18T12:00:00Z'),
  lifeDays: 90,
};

/** With everything that a key can have. */
const fullKey: KeyRecord = {
  ...key,
  labels: { system: ['shop'] },
  allowedAddresses: ['203.0.113.0/24'],
  revokedAt: now,
  exposedAt: now,
  rotatedTo: 'successor000',
  rotatedFrom: 'ancestor0000',
};

function principal(tenantId: string, keyId: string, scopes: KeyPrincipal['scopes']): KeyPrincipal {
  return { kind: 'key', tenantId, keyId, scopes };
}

function person(role: Role, tenantId: string): UserPrincipal {
  return { kind: 'user', tenantId, userId: role, role, scopes: roleScopes[role], signedInAt: now };
}

function isRole(text: string): text is Role {
  return Object.hasOwn(roleScopes, text);
}
