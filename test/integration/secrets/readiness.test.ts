import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createReadiness } from '../../../functions/readiness.ts';
import { createBlobExportFiles } from '../../../lib/adapters/blobs/blob-export-files.ts';
import { createDelegationLinkSigner } from '../../../lib/adapters/blobs/delegation-link-signer.ts';
import { createEmulatorLinkSigner } from '../../../lib/adapters/blobs/emulator-link-signer.ts';
import { emulatorAccount } from '../../../lib/adapters/shared/storage-options.ts';
import { createTableStores } from '../../../lib/adapters/tables/table-stores.ts';
import { parseCatalog } from '../../../lib/config/load-catalog.ts';
import type { Check } from '../../../lib/core/health/check.ts';
import type { LogFields } from '../../../lib/core/log.ts';
import { optionalSecretNames, secretNames } from '../../../lib/core/secrets.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { type Certificates, trustAuthority } from '../../support/certificates.ts';
import { vaultToken } from './fake-vault.ts';
import { minuteMs, type OperatorWorld, operatorWorld } from './operator-world.ts';

const { masterKey, keyPepper, signingKey, operatorKey } = secretNames;
const { previousMasterKey, previousKeyPepper, previousSigningKeys } = optionalSecretNames;
const secondMs = 1_000;

const catalog = parseCatalog(
  JSON.stringify({
    sources: {
      shop: { kind: 'postgres', connection: { secret: 'pg-shop' } },
      desk: { kind: 'postgres', connection: { secret: 'pg-desk' } },
    },
    tables: [
      {
        name: 'orders',
        source: 'shop',
        from: 'public.orders',
        tenant: { column: 'tenant_id' },
        key: ['id'],
      },
    ],
  }),
  'catalog.json',
);

let azurite: Azurite;
let secure: Azurite;
let world: OperatorWorld;
beforeAll(async () => {
  azurite = await startAzurite();
  // It takes tokens of the right shape only: the vault's is refused as one without a role would be.
  secure = await startAzurite({ oauth: true });
  trustAuthority(certificates().ca);
});
beforeEach(async () => {
  world = await operatorWorld(certificates());
  await world.run('create');
  for (const name of ['pg-shop', 'pg-desk']) world.vault.set(name, 'postgres://reader@db/shop');
});
afterEach(() => world[Symbol.asyncDispose]());
afterAll(async () => {
  await azurite.stop();
  await secure.stop();
});

/** One authority for the storage and the vault: two of one name would be taken for each other. */
function certificates(): Certificates {
  if (secure.certificates === undefined) throw new TypeError('This Azurite has certificates.');
  return secure.certificates;
}

function stamp({ linkSigner = createEmulatorLinkSigner(azurite.connectionString) } = {}) {
  const account = emulatorAccount(azurite.connectionString);
  const lines: LogFields[] = [];
  const log = {
    info() {},
    warn() {},
    error: (message: string, error: unknown, fields: LogFields = {}) =>
      void lines.push({ message, error: JSON.stringify(error), ...fields }),
  };
  const stores = createTableStores(account);
  const files = createBlobExportFiles(account);
  const { clock } = world;
  const ready = createReadiness(
    { stores, files, linkSigner, secrets: world.process(), clock, log },
    catalog,
  );
  const failed = async () => (await ready()).filter(({ ok }) => !ok).map(told);
  return { ready, failed, lines };
}

function told({ name, required, problem }: Check): string {
  return `${name} ${problem}${required ? '' : ', not required'}`;
}

test('a stamp that lacks nothing names everything that it looked at', async () => {
  const checks = await stamp().ready();
  expect(checks.map(({ name, required, ok }) => [name, required, ok])).toEqual([
    ['state_storage', true, true],
    ['export_storage', true, true],
    ['link_signing', true, true],
    ['secret:sluice-master-key', true, true],
    ['secret:sluice-key-pepper', true, true],
    ['secret:sluice-signing-key', true, true],
    ['secret:sluice-operator-key', true, true],
    ['secret:sluice-master-key-previous', false, true],
    ['secret:sluice-key-pepper-previous', false, true],
    ['secret:sluice-signing-keys-previous', false, true],
    ['sources', false, true],
  ]);
});

describe('secrets', () => {
  test('are named one by one, with what is wrong, and never shown', async () => {
    world.vault.remove(masterKey);
    world.vault.set(keyPepper, 'eleven bytes');
    world.vault.set(signingKey, '{"kty":"OKP"}');
    world.vault.set(operatorKey, 'x', { enabled: false });
    for (const name of [previousMasterKey, previousKeyPepper, previousSigningKeys]) {
      world.vault.set(name, 'no good');
    }
    const { failed, lines } = stamp();
    expect(await failed()).toEqual([
      'secret:sluice-master-key missing',
      'secret:sluice-key-pepper malformed',
      'secret:sluice-signing-key malformed',
      'secret:sluice-operator-key forbidden',
      'secret:sluice-master-key-previous malformed, not required',
      'secret:sluice-key-pepper-previous malformed, not required',
      'secret:sluice-signing-keys-previous malformed, not required',
    ]);
    expect(lines).toHaveLength(7);
    expect(JSON.stringify(lines)).not.toMatch(/eleven bytes|no good/);
  });

  test('that were put right are taken up within half a minute', async () => {
    const good = world.value(keyPepper);
    world.vault.set(keyPepper, 'eleven bytes');
    world.vault.remove(masterKey);
    const { failed } = stamp();
    expect(await failed()).toHaveLength(2);
    world.vault.set(keyPepper, good);
    world.vault.set(masterKey, good);
    world.time.now += 30 * secondMs;
    expect(await failed()).toEqual([]);
  });

  test.each([
    ['refuses the identity', 'forbidden', { kind: 'status', status: 403 } as const],
    ['is down', 'unreachable', { kind: 'status', status: 503, retryAfterSeconds: 0 } as const],
    ['says nothing', 'unreachable', { kind: 'hang' } as const],
  ])('in a vault that %s are %s, all of them', async (_, problem, trouble) => {
    world.vault.behave(trouble);
    const checks = await stamp().ready();
    const vaults = checks.filter(({ name }) => !/storage|link/.test(name));
    expect(vaults).toHaveLength(8);
    for (const check of vaults) expect(check.problem).toBe(problem);
    expect(checks.filter(({ ok }) => ok)).toHaveLength(3);
  });

  test('are asked for so seldom that probing every two seconds is no load', async () => {
    const { ready } = stamp();
    await ready();
    const before = world.vault.reads();
    for (let passed = 0; passed < 10 * minuteMs; passed += 2.5 * secondMs) {
      world.time.now += 2.5 * secondMs;
      await ready();
    }
    // Five a minute: two of the sources' secrets, and the three that need not be there.
    expect(world.vault.reads() - before).toBeLessThanOrEqual(5 * 10 + 4);
  });
});

test('sources are told without their names, which the log has, and leave the stamp ready', async () => {
  world.vault.remove('pg-desk');
  const { failed, ready, lines } = stamp();
  expect(await failed()).toEqual(['sources missing, not required']);
  expect(JSON.stringify(await ready())).not.toContain('desk');
  expect(lines).toMatchObject([
    { message: 'readiness check failed', check: 'sources', sources: 'desk', required: false },
  ]);
});

test('links that the identity may not sign are named apart from the storage', async () => {
  const credential = {
    getToken: async () => ({ token: vaultToken, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const account = { kind: 'identity', serviceUrl: secure.blobUrl, credential } as const;
  const { failed } = stamp({ linkSigner: createDelegationLinkSigner(account, world.clock) });
  expect(await failed()).toEqual(['link_signing forbidden']);
});

test('storages that are away are unreachable within six seconds, and the secrets are not', async () => {
  const { failed } = stamp();
  await azurite.pause();
  const startedMs = performance.now();
  const checks = await failed();
  expect(performance.now() - startedMs).toBeLessThan(6_000);
  await azurite.resume();
  expect(checks).toEqual(['state_storage unreachable', 'export_storage unreachable']);
});
