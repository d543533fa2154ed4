import { compactVerify, createLocalJWKSet, flattenedVerify, type JSONWebKeySet } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getSigningKeys } from '../../../functions/http/public/get-signing-keys.ts';
import { signingKeysAnswer } from '../../../lib/api/public.ts';
import { retireMonths } from '../../../lib/core/audit/retire-months.ts';
import { verifyChain } from '../../../lib/core/audit/verify-chain.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import { closeExport } from '../../../lib/core/exports/close-export.ts';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import { readManifest } from '../../../lib/core/exports/read-manifest.ts';
import { optionalSecretNames, secretNames } from '../../../lib/core/secrets.ts';
import { createSigner, type Signer } from '../../../lib/core/signing/signer.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';
import { acceptExport, openWorkshop, type Workshop } from '../../support/workshop.ts';
import { fakeWorld } from '../../unit/http/fake-services.ts';
import { client } from '../../unit/http/http-client.ts';
import { chainWorld, recordMany } from '../audit/chain-world.ts';
import { trustedCertificate } from './fake-vault.ts';
import { minuteMs, type OperatorWorld, operatorWorld } from './operator-world.ts';

const { signingKey } = secretNames;
const { previousSigningKeys } = optionalSecretNames;
const secondMs = 1_000;
const bytes = Buffer.from('what Sluice vouches for');

let certificate: Awaited<ReturnType<typeof trustedCertificate>>;
let workshop: Workshop;
let world: OperatorWorld;
beforeAll(async () => {
  certificate = await trustedCertificate();
  workshop = await openWorkshop();
  workshop.source.rows = [['1', 'a']];
});
beforeEach(async () => {
  world = await operatorWorld(certificate);
  await world.run('create');
});
afterEach(() => world[Symbol.asyncDispose]());
afterAll(() => workshop.stop());

const newProcess = () => createSigner(world.process());

async function kidOf(signer: Signer): Promise<string> {
  const [header = ''] = (await signer.sign(bytes)).split('.');
  return JSON.parse(Buffer.from(header, 'base64url').toString()).kid;
}

/** What anybody gets at GET /v1/signing-keys from a process with this signer. */
async function published(signer: Signer): Promise<JSONWebKeySet> {
  const send = client(fakeWorld({ signer }));
  const { status, json } = await send('GET', getSigningKeys.path, { credential: '' });
  expect(status).toBe(200);
  return { keys: signingKeysAnswer.parse(json).keys };
}

describe('rotating the signing key', () => {
  test('publishes both public halves, waits a minute, and only then signs with the new key', async () => {
    const old = await kidOf(newProcess());
    let during: readonly string[] = [];
    world.duringWaits(async () => {
      expect(await kidOf(newProcess())).toBe(old);
      during = kidsIn(await published(newProcess()));
    });
    const { code, told } = await world.run('rotate', signingKey);
    const fresh = await kidOf(newProcess());
    expect([code, world.waits]).toEqual([0, [minuteMs]]);
    expect(world.vault.writes().slice(4)).toEqual([previousSigningKeys, signingKey]);
    expect(during).toEqual([old, fresh]);
    expect(kidsIn(await published(newProcess()))).toEqual([fresh, old]);
    expect(told).toContain('Waiting 60 seconds');
    for (const { value } of world.vault.versions(signingKey)) expect(told).not.toContain(value);
    expect(world.value(previousSigningKeys)).not.toContain('"d"');
  });

  test('at no moment leaves a signature that some process does not know the key of', async () => {
    // The second rotation is the harder one: there is a list already that processes keep in memory.
    await world.run('rotate', signingKey);
    world.time.now += 20 * minuteMs;
    // Each of them read the key and the list at another time in the ten minutes before.
    const processes: Signer[] = [];
    for (let started = 0; started < 10; started += 1) {
      const process = newProcess();
      await process.sign(bytes);
      if (started % 2 === 0) await process.publicKeys();
      processes.push(process);
      world.time.now += minuteMs + 7 * secondMs;
    }
    const old = await kidOf(newProcess());
    const signed = new Set<string>();
    const check = async () => {
      const keys = await Promise.all(processes.map((process) => process.publicKeys()));
      for (const signer of processes) {
        signed.add(await kidOf(signer));
        const jws = await signer.sign(bytes);
        for (const set of keys) await compactVerify(jws, createLocalJWKSet(set));
      }
    };
    await check();
    world.duringWaits(async (waitMs) => {
      for (let passed = 0; passed < waitMs; passed += 10 * secondMs) {
        await check();
        world.time.now += 10 * secondMs;
      }
      world.time.now -= waitMs;
    });
    await world.run('rotate', signingKey);
    for (let passed = 0; passed < 12 * minuteMs; passed += 20 * secondMs) {
      await check();
      world.time.now += 20 * secondMs;
    }
    expect(signed.size).toBe(2);
    expect(signed).toContain(old);
    for (const process of processes) expect(await kidOf(process)).not.toBe(old);
  });

  test('keeps the manifest of an earlier export verifiable with what is published', async () => {
    const deps = { ...workshop.deps, signer: newProcess() };
    const work = await acceptExport(workshop, ['one']);
    await planExport(deps, work);
    await exportTable(deps, { ...work, table: 0 });
    await closeExport(deps, work);
    await world.run('rotate', signingKey);
    await world.run('rotate', signingKey);
    const read = (form: 'json' | 'jws') =>
      readManifest(deps, work.tenantId, work.exportId, form).then((found) => Buffer.from(found));
    const manifest = await read('json');
    const [header = '', , signature = ''] = (await read('jws')).toString().split('.');
    const jws = { protected: header, payload: manifest.toString('base64url'), signature };
    const keys = await published(newProcess());
    expect(keys.keys).toHaveLength(3);
    await flattenedVerify(jws, createLocalJWKSet(keys), { algorithms: ['EdDSA'] });
    const flipped = Buffer.from(manifest.toString().replace('"rows": 1', '"rows": 2'));
    expect(flipped).not.toEqual(manifest);
    await expect(
      flattenedVerify({ ...jws, payload: flipped.toString('base64url') }, createLocalJWKSet(keys)),
    ).rejects.toThrow();
  });

  test('keeps a chain verifiable whose checkpoints are of both keys', async () => {
    const chain = await chainWorld(workshop.azurite, '2025-10-10T00:00:00.000Z');
    for (const [index, month] of ['10', '11', '12'].entries()) {
      chain.time.now = new Date(`2025-${month}-10T00:00:00.000Z`);
      await recordMany(chain, 2, 2 * index + 1);
    }
    const log = { info() {}, warn() {}, error: unexpected };
    const retireAt = async (time: string, signer: Signer) => {
      chain.time.now = new Date(time);
      await retireMonths({ ...chain, auditRows: chain.store, headSeals: chain.seals, signer, log });
      const checkpoint = await chain.store.newestCheckpoint('acme');
      const keys = createLocalJWKSet(await published(newProcess()));
      const { protectedHeader } = await compactVerify(checkpoint?.signature ?? '', keys);
      return { checkpoint, kid: protectedHeader.kid };
    };
    const first = await retireAt('2026-12-01T00:00:00.000Z', newProcess());
    await world.run('rotate', signingKey);
    const deps = { store: chain.store, seals: chain.seals, signer: newProcess() };
    expect(await verifyChain(deps, 'acme')).toMatchObject({ ok: true, fromSeq: 3 });
    const second = await retireAt('2026-12-31T00:00:00.000Z', newProcess());
    expect(second.kid).not.toBe(first.kid);
    expect(await verifyChain(deps, 'acme')).toMatchObject({ ok: true, fromSeq: 5 });
    const keys = await published(newProcess());
    expect(kidsIn(keys)).toEqual([second.kid, first.kid]);
    for (const { checkpoint } of [first, second]) {
      await compactVerify(checkpoint?.signature ?? '', createLocalJWKSet(keys));
    }
  });

  test('that died before its end is done by the next run, and what was published stays', async () => {
    const old = await kidOf(newProcess());
    world.duringWaits(() => Promise.reject(new Error('the machine went off')));
    const died = await world.run('rotate', signingKey);
    expect([died.code, died.told]).toEqual([1, expect.stringContaining('the machine went off')]);
    expect(await kidOf(newProcess())).toBe(old);
    const [, announced] = kidsIn(await published(newProcess()));
    world.duringWaits(async () => {});
    expect((await world.run('rotate', signingKey)).code).toBe(0);
    const fresh = await kidOf(newProcess());
    expect(kidsIn(await published(newProcess()))).toEqual([fresh, old, announced]);
  });

  test('gives way to somebody else who replaced the key meanwhile', async () => {
    world.duringWaits(async () => world.vault.set(signingKey, `${world.value(signingKey)} `));
    const { code, told } = await world.run('rotate', signingKey);
    expect(code).toBe(1);
    expect(told).toContain('somebody else replaced it at the same time');
    expect(world.vault.writes().filter((name) => name === signingKey)).toHaveLength(1);
  });

  test('brings back a list that was deleted, and leaves a list alone that it cannot read', async () => {
    await world.run('rotate', signingKey);
    const before = kidsIn(await published(newProcess()));
    world.vault.softDelete(previousSigningKeys);
    await world.run('rotate', signingKey);
    expect(kidsIn(await published(newProcess()))).toEqual([
      expect.any(String),
      ...before.toReversed(),
    ]);
    world.vault.set(previousSigningKeys, 'no list');
    const { code, told } = await world.run('rotate', signingKey);
    expect(code).toBe(1);
    expect(told).toContain('sluice-signing-keys-previous: is there, but no good.');
    expect(world.value(previousSigningKeys)).toBe('no list');
  });
});

test('while the keys cannot be read the log is not called broken', async () => {
  const chain = await chainWorld(workshop.azurite, '2025-10-10T00:00:00.000Z');
  await recordMany(chain, 1);
  chain.time.now = new Date('2026-12-01T00:00:00.000Z');
  const signer = newProcess();
  await retireMonths({
    ...chain,
    auditRows: chain.store,
    headSeals: chain.seals,
    signer,
    log: { info() {}, warn() {}, error: unexpected },
  });
  world.vault.set(previousSigningKeys, 'no list');
  world.time.now += minuteMs;
  const verdict = verifyChain({ store: chain.store, seals: chain.seals, signer }, 'acme');
  await expect(verdict).rejects.toBeInstanceOf(SluiceError);
  await expect(verdict).rejects.toMatchObject({ code: 'secret_unavailable' });
});

function kidsIn({ keys }: JSONWebKeySet): readonly string[] {
  return keys.map(({ kid = '' }) => kid);
}

function unexpected(message: string, error: unknown): never {
  throw new Error(message, { cause: error });
}
