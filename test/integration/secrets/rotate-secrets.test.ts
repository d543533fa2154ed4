import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKeyVaultKeeper } from '../../../lib/adapters/secrets/key-vault-keeper.ts';
import { createAuditLog } from '../../../lib/core/audit/audit-log.ts';
import { createKeyService } from '../../../lib/core/keys/key-service.ts';
import { createOperatorCheck } from '../../../lib/core/keys/operator-check.ts';
import { rotateOwnSecret } from '../../../lib/core/own-secrets/rotate-own-secret.ts';
import type { OperatorPrincipal } from '../../../lib/core/principal.ts';
import { rotateMasterKey } from '../../../lib/core/sealing/rotate-master-key.ts';
import { createSealer } from '../../../lib/core/sealing/sealer.ts';
import { optionalSecretNames, secretNames } from '../../../lib/core/secrets.ts';
import { createTenant } from '../../../lib/core/tenants/create-tenant.ts';
import type { TenantStore } from '../../../lib/core/tenants/tenant.ts';
import { createNotifier } from '../../../lib/core/webhooks/announce.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { stampIn } from '../../support/residency.ts';
import { freshStores } from '../tables/fresh-stores.ts';
import { trustedCertificate } from './fake-vault.ts';
import {
  credential,
  dayMs,
  dyingAt,
  minuteMs,
  type OperatorWorld,
  operatorWorld,
} from './operator-world.ts';

const { masterKey, keyPepper, signingKey, operatorKey } = secretNames;
const { previousMasterKey, previousKeyPepper } = optionalSecretNames;
const operator: OperatorPrincipal = { kind: 'operator', scopes: ['operator'] };
const log = { info() {}, warn() {}, error() {} };
const silent = () => {};

let azurite: Azurite;
let certificate: Awaited<ReturnType<typeof trustedCertificate>>;
let world: OperatorWorld;
beforeAll(async () => {
  azurite = await startAzurite();
  certificate = await trustedCertificate();
});
beforeEach(async () => {
  world = await operatorWorld(certificate);
  await world.run('create');
});
afterEach(() => world[Symbol.asyncDispose]());
afterAll(() => azurite.stop());

const lastWrites = () => world.vault.writes().slice(4);

/** The app's processes over one table of tenants; each has its own memory of the secrets. */
function sealingApp() {
  const { tenants } = freshStores(azurite.connectionString);
  return {
    tenants,
    process() {
      const secrets = world.process();
      const { clock } = world;
      const sealer = createSealer({ secrets, tenants, clock });
      return {
        secrets,
        async addTenant(id: string) {
          await createTenant({ tenants, secrets, clock, region: 'local' }, { id, name: id });
          return sealer.sealFor(id, 'e1', 'signingSecret', `secret of ${id}`);
        },
        open: (id: string, sealed: string) => sealer.openFor(id, 'e1', 'signingSecret', sealed),
      };
    },
  };
}

/** `npm run rotate-master-key`: a process that has just read the secrets. */
const wrapAnew = (tenants: TenantStore) =>
  rotateMasterKey({ tenants, secrets: world.process(), log }, silent);

describe('rotating the master key', () => {
  test('puts the present one aside before the new one is there', async () => {
    const present = world.value(masterKey);
    const { code, told } = await world.run('rotate', masterKey);
    expect([code, lastWrites()]).toEqual([0, [previousMasterKey, masterKey]]);
    expect(world.value(previousMasterKey)).toBe(present);
    expect(world.value(masterKey)).not.toBe(present);
    expect(told).toMatch(/wait 15 minutes.*npm run rotate-master-key/s);
    for (const value of [present, world.value(masterKey)]) expect(told).not.toContain(value);
  });

  test('breaks nothing: not for a process that knows only the old one, nor for one that knows both', async () => {
    const app = sealingApp();
    const stale = app.process();
    const early = await stale.addTenant('early');
    await world.run('rotate', masterKey);
    const fresh = app.process();
    expect(await fresh.open('early', early)).toBe('secret of early');
    const late = await fresh.addTenant('late');
    world.time.now += minuteMs;
    // Its old key is good for nine more minutes by itself; what the new one wrapped makes it look.
    expect(await stale.open('late', late)).toBe('secret of late');
    expect(await stale.open('early', early)).toBe('secret of early');
  });

  test('ends with every data key under the new one, and the previous one gone', async () => {
    const app = sealingApp();
    const first = app.process();
    const sealed = await first.addTenant('acme');
    await world.run('rotate', masterKey);
    const rotated = await wrapAnew(app.tenants);
    expect(rotated).toMatchObject({ rewrapped: 1, failed: 0 });
    // Too early: the first process has not read the new key yet, and still opens everything.
    world.time.now += 5 * minuteMs;
    expect(await first.open('acme', sealed)).toBe('secret of acme');
    world.time.now += 15 * minuteMs;
    const again = await wrapAnew(app.tenants);
    expect(again).toMatchObject({ rewrapped: 0, failed: 0 });
    world.vault.softDelete(previousMasterKey);
    world.time.now += 15 * minuteMs;
    for (const process of [first, app.process()]) {
      expect(await process.open('acme', sealed)).toBe('secret of acme');
    }
  });

  test('is refused while the previous one is there, and goes on when that was removed', async () => {
    await world.run('rotate', masterKey);
    const [present, previous] = [world.value(masterKey), world.value(previousMasterKey)];
    world.time.now += 40 * dayMs;
    const refused = await world.run('rotate', masterKey);
    expect(refused.code).toBe(1);
    expect(refused.told).toContain('is still there, from the rotation of 2026-03-01');
    expect([world.value(masterKey), world.value(previousMasterKey)]).toEqual([present, previous]);
    world.vault.softDelete(previousMasterKey);
    expect((await world.run('rotate', masterKey)).code).toBe(0);
    expect(world.vault.isDeleted(previousMasterKey)).toBe(false);
    expect(world.value(previousMasterKey)).toBe(present);
  });

  test('at once after another one leaves no process with a previous one of long ago', async () => {
    const app = sealingApp();
    const process = app.process();
    const sealed = await process.addTenant('acme');
    await world.run('rotate', masterKey);
    world.time.now += 10 * minuteMs;
    // It keeps both from now on.
    expect(await process.open('acme', sealed)).toBe('secret of acme');
    await wrapAnew(app.tenants);
    world.vault.softDelete(previousMasterKey);
    await world.run('rotate', masterKey);
    await wrapAnew(app.tenants);
    world.time.now += 6 * minuteMs;
    expect(await process.open('acme', sealed)).toBe('secret of acme');
  });
});

describe.each([
  [masterKey, previousMasterKey],
  [keyPepper, previousKeyPepper],
])('a rotation of %s that died between its two writes', (name, previous) => {
  test('changes nothing for the app, is found by check, and is finished by the next run', async () => {
    const present = world.value(name);
    const keeper = dyingAt(createKeyVaultKeeper(world.vault.url, credential), name);
    const dying = rotateOwnSecret({ keeper, clock: world.clock, wait: async () => {} }, name);
    await expect(dying).rejects.toThrow('the machine went off');
    expect([world.value(name), world.value(previous)]).toEqual([present, present]);
    const checked = await world.run('check');
    expect(checked.code).toBe(1);
    expect(checked.printed).toMatch(new RegExp(`^${previous} +UNFINISHED .*run it again$`, 'm'));
    expect((await world.run('rotate', name)).code).toBe(0);
    expect(world.vault.versions(previous)).toHaveLength(1);
    expect([world.value(name) === present, world.value(previous)]).toEqual([false, present]);
    expect((await world.run('check')).code).toBe(0);
  });
});

describe('rotating the pepper', () => {
  /** Processes of the app over one table of keys. */
  async function keyApp() {
    const stores = freshStores(azurite.connectionString);
    const { clock } = world;
    const residency = stampIn('local', stores.tenants);
    const service = () =>
      createKeyService({
        ...stores,
        secrets: world.process(),
        residency,
        audit: createAuditLog({ store: stores.auditRows, clock, random: Math.random }),
        notifier: createNotifier(stores),
        clock,
        log,
        environment: 'test',
      });
    const deps = { ...stores, secrets: world.process(), clock, region: 'local' };
    await createTenant(deps, { id: 'acme', name: 'Acme' });
    return service;
  }

  test('keeps every key working in every process, and brings each over when it is used', async () => {
    const service = await keyApp();
    const stale = service();
    const { key: before } = await stale.create(operator, { tenantId: 'acme', name: 'before' });
    const { code, told } = await world.run('rotate', keyPepper);
    expect([code, lastWrites()]).toEqual([0, [previousKeyPepper, keyPepper]]);
    expect(told).toContain('at the latest in 366 days: az keyvault secret delete');
    const fresh = service();
    const { key: after } = await fresh.create(operator, { tenantId: 'acme', name: 'after' });
    for (const process of [stale, fresh]) {
      for (const key of [before, after]) await process.authenticate(key);
    }
    world.time.now += 80 * minuteMs;
    for (const key of [before, after]) await fresh.authenticate(key);
    await fresh.settled();
    world.vault.softDelete(previousKeyPepper);
    for (const key of [before, after]) await service().authenticate(key);
  });

  test('is refused while keys may need the previous one, and not when they all have expired', async () => {
    await world.run('rotate', keyPepper);
    world.time.now += 366 * dayMs;
    const refused = await world.run('rotate', keyPepper);
    expect(refused.code).toBe(1);
    expect(refused.told).toContain('API keys that were not used since then may need it');
    world.time.now += dayMs;
    const present = world.value(keyPepper);
    expect((await world.run('rotate', keyPepper)).code).toBe(0);
    expect(world.value(previousKeyPepper)).toBe(present);
  });
});

describe("rotating the operator's key", () => {
  test('makes a new one, which every process takes within ten minutes', async () => {
    const check = createOperatorCheck({ secrets: world.process() });
    const old = world.value(operatorKey);
    expect(await check(old)).toMatchObject({ kind: 'operator' });
    const { printed, told } = await world.run('rotate', operatorKey, '--show-operator-key');
    expect([printed, lastWrites()]).toEqual([world.value(operatorKey), [operatorKey]]);
    expect(told).toContain('Within ten minutes');
    world.time.now += 10 * minuteMs;
    expect(await check(old)).toBeUndefined();
    expect(await check(printed)).toMatchObject({ kind: 'operator' });
  });

  test('replaces one that is no good, and keeps the new one to itself unless it is asked', async () => {
    world.vault.set(operatorKey, 'with a line break at the end, so it locks out\n');
    const { code, printed, told } = await world.run('rotate', operatorKey);
    expect([code, printed]).toEqual([0, '']);
    expect(told).toContain('az keyvault secret show');
    expect(told).not.toContain(world.value(operatorKey));
    expect((await world.run('check')).code).toBe(0);
  });
});

test.each([masterKey, keyPepper, signingKey])(
  'a %s that is missing or no good is not rotated, because something may need an earlier version',
  async (name) => {
    world.vault.set(name, 'no good');
    const before = lastWrites().length;
    const malformed = await world.run('rotate', name);
    expect(malformed.code).toBe(1);
    expect(malformed.told).toContain('az keyvault secret list-versions');
    expect(malformed.told).toContain('Nothing was changed.');
    world.vault.remove(name);
    const missing = await world.run('rotate', name);
    expect(missing.told).toContain('is missing. Make it: npm run secrets -- create');
    expect(lastWrites()).toHaveLength(before);
  },
);

describe('secrets check', () => {
  test('names age and state of each secret and shows no value', async () => {
    await world.run('rotate', keyPepper);
    world.time.now += 12 * dayMs + 1;
    world.vault.set(masterKey, 'eleven bytes');
    world.vault.set(signingKey, '{"kty":"OKP"}');
    world.vault.softDelete(operatorKey);
    const { code, printed } = await world.run('check');
    expect([code, printed.split('\n')]).toEqual([
      1,
      [
        'sluice-master-key             MALFORMED   0 days old; The secret sluice-master-key must be 32 random bytes as base64.',
        'sluice-key-pepper             ok          12 days old',
        'sluice-signing-key            MALFORMED   0 days old; The secret sluice-signing-key must be an Ed25519 private key as a JWK with a kid.',
        'sluice-operator-key           DELETED     can be recovered until 2026-06-11',
        'sluice-master-key-previous    not there   not needed',
        'sluice-key-pepper-previous    ok          12 days old',
        'sluice-signing-keys-previous  not there   not needed',
      ],
    ]);
  });

  test.each([
    ['a private half', (own: string) => JSON.stringify({ keys: [JSON.parse(own)] })],
    ['no key set', () => '[]'],
  ])('finds %s in the list of public keys', async (_, spoil) => {
    world.vault.set(optionalSecretNames.previousSigningKeys, spoil(world.value(signingKey)));
    const { code, printed } = await world.run('check');
    expect(code).toBe(1);
    expect(printed).toMatch(/^sluice-signing-keys-previous {2}MALFORMED .*public halves/m);
  });
});
