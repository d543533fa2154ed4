import { randomBytes } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { createKeyService } from '../../../lib/core/keys/key-service.ts';
import { pepperOf } from '../../../lib/core/keys/peppers.ts';
import { changingSecrets } from '../../support/memory-keys.ts';
import { hourMs, keyWorld, minuteMs, operator } from './key-world.ts';

const wish = { tenantId: 'acme', name: 'k' } as const;
const current = 'sluice-key-pepper';
const previous = 'sluice-key-pepper-previous';
const newPepper = () => randomBytes(32).toString('base64');
const versionOf = (text: string) => pepperOf(current, text).version;
const refusal = { code: 'unauthenticated' };

/** A world with one key, whose pepper has just been changed. */
async function changedWorld() {
  const world = keyWorld();
  const { key, record: made } = await world.service.create(operator, wish);
  const [old, fresh] = [world.secrets.values[current] ?? '', newPepper()];
  Object.assign(world.secrets.values, { [current]: fresh, [previous]: old });
  return { ...world, key, made, old, fresh };
}

describe('S8 a new pepper', () => {
  test('keeps keys of the previous one working, also in a process that only knows the new ones', async () => {
    const { service, another, key, made } = await changedWorld();
    await expect(service.authenticate(key)).resolves.toMatchObject({ keyId: made.id });
    await expect(another().authenticate(key)).resolves.toMatchObject({ keyId: made.id });
  });

  test('is used for hashes only when no process can be left that does not know it', async () => {
    const { service, deps, key, old, fresh, pass, record, made } = await changedWorld();
    const stale = createKeyService({ ...deps, secrets: changingSecrets({ [current]: old }) });
    await service.authenticate(key);
    const second = await service.create(operator, wish);
    await service.settled();
    expect([record(made.id), second.record].map((row) => row.pepperVersion)).toEqual([
      versionOf(old),
      versionOf(old),
    ]);
    for (const text of [key, second.key]) await stale.authenticate(text);
    pass(70 * minuteMs);
    await service.authenticate(key);
    await service.settled();
    expect(record(made.id).pepperVersion).toBe(versionOf(fresh));
    expect((await service.create(operator, wish)).record.pepperVersion).toBe(versionOf(fresh));
  });

  test('takes over the hash of a key that is used, forward only, and then the previous may go', async () => {
    const { service, another, secrets, key, fresh, pass, made } = await changedWorld();
    await service.authenticate(key);
    await service.settled();
    pass(2 * hourMs);
    const other = another();
    for (const one of [other, service, other]) await one.authenticate(key);
    await Promise.all([service.settled(), other.settled()]);
    delete secrets.values[previous];
    await expect(another().authenticate(key)).resolves.toMatchObject({ keyId: made.id });
    // A process that still holds the old order of things neither knows the key nor changes it.
    Object.assign(secrets.values, { [current]: newPepper(), [previous]: newPepper() });
    await expect(another().authenticate(key)).rejects.toMatchObject(refusal);
    Object.assign(secrets.values, { [current]: fresh });
    await expect(another().authenticate(key)).resolves.toMatchObject({ keyId: made.id });
  });

  test('without the previous one ends the keys of that one', async () => {
    const { service, another, secrets, key, made, pass } = await changedWorld();
    delete secrets.values[previous];
    await expect(another().authenticate(key)).rejects.toMatchObject(refusal);
    // A process that saw the old one goes on with it for as long as the secret store may lag behind.
    await expect(service.authenticate(key)).resolves.toMatchObject({ keyId: made.id });
    pass(70 * minuteMs);
    await expect(service.authenticate(key)).rejects.toMatchObject({
      ...refusal,
      internal: expect.stringContaining(`of the key ${made.id} is gone`),
    });
  });

  test('S37 a previous one that cannot be read is an outage, not a wrong key', async () => {
    const { another, secrets, key } = await changedWorld();
    const down = new SluiceError('secret_unavailable');
    vi.spyOn(secrets, 'find').mockRejectedValueOnce(down);
    const fresh = another();
    await expect(fresh.authenticate(key)).rejects.toBe(down);
    await expect(fresh.authenticate(key)).resolves.toMatchObject({ kind: 'key' });
  });

  test('that comes while the secret store still gives a previous one of long ago harms nobody', async () => {
    const world = keyWorld();
    Object.assign(world.secrets.values, { [previous]: newPepper() });
    world.pass(2 * hourMs);
    await world.service.create(operator, wish);
    world.pass(2 * hourMs);
    const { key } = await world.service.create(operator, wish);
    const old = world.secrets.values[current] ?? '';
    Object.assign(world.secrets.values, { [current]: newPepper() });
    await world.service.authenticate(key);
    const made = await world.service.create(operator, wish);
    expect(made.record.pepperVersion).toBe(versionOf(old));
    Object.assign(world.secrets.values, { [previous]: old });
    for (const text of [key, made.key]) await world.another().authenticate(text);
  });

  test('a lost race over the new hash harms nobody', async () => {
    const { service, keys, key, made, pass, change, record, logs, old } = await changedWorld();
    await service.authenticate(key);
    await service.settled();
    pass(2 * hourMs);
    const update = keys.update;
    vi.spyOn(keys, 'update').mockImplementationOnce(async (changed, etag) => {
      change(made.id, { name: 'renamed' });
      await update(changed, etag);
    });
    await service.authenticate(key);
    await service.settled();
    expect(record(made.id)).toMatchObject({
      name: 'renamed',
      pepperVersion: versionOf(old),
    });
    expect(logs.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

test('the version tells peppers apart and tells nothing of them', () => {
  const texts = Array.from({ length: 1_000 }, newPepper);
  const versions = new Set(texts.map(versionOf));
  expect(versions.size).toBe(1_000);
  for (const text of texts) expect(text).not.toContain(versionOf(text));
});
