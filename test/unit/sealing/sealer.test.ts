import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newDataKey, wrapDataKey } from '../../../lib/core/sealing/data-key.ts';
import { createSealer } from '../../../lib/core/sealing/sealer.ts';
import { memorySecrets, memoryTenants, tenantOf } from './memory.ts';

const masterKey = randomBytes(32).toString('base64');
const secrets = memorySecrets({ 'sluice-master-key': masterKey });

describe('the sealer', () => {
  test('opens what it sealed, for this tenant, record and field alone', async () => {
    const sealer = createSealer({ secrets, tenants: tenants('acme', 'other').store });
    const sealed = await sealer.sealFor('acme', 'e1', 'signingSecret', 'whsec_ü🙂');
    expect(await sealer.openFor('acme', 'e1', 'signingSecret', sealed)).toBe('whsec_ü🙂');
    for (const [tenantId, recordId, field] of [
      ['other', 'e1', 'signingSecret'],
      ['acme', 'e2', 'signingSecret'],
      ['acme', 'e1', 'authSecret'],
    ] as const) {
      await expect(sealer.openFor(tenantId, recordId, field, sealed)).rejects.toMatchObject({
        code: 'internal_error',
      });
    }
  });

  test("reads a tenant's data key once in five minutes", async () => {
    const { store, counter } = tenants('acme');
    let now = new Date('2026-03-01T10:00:00.000Z');
    const sealer = createSealer({ secrets, tenants: store, clock: () => now });
    await sealer.sealFor('acme', 'e1', 'f', 'x');
    await sealer.sealFor('acme', 'e2', 'f', 'x');
    now = new Date('2026-03-01T10:04:59.999Z');
    await sealer.sealFor('acme', 'e3', 'f', 'x');
    expect(counter.reads).toBe(1);
    now = new Date('2026-03-01T10:05:00.000Z');
    await sealer.sealFor('acme', 'e4', 'f', 'x');
    expect(counter.reads).toBe(2);
  });

  test('forgets the oldest data key beyond 500', async () => {
    const ids = Array.from({ length: 501 }, (_, index) => `t${index}`);
    const { store, counter } = tenants(...ids);
    const sealer = createSealer({ secrets, tenants: store });
    for (const id of ids) await sealer.sealFor(id, 'r', 'f', 'x');
    await sealer.sealFor('t500', 'r', 'f', 'x');
    expect(counter.reads).toBe(501);
    await sealer.sealFor('t0', 'r', 'f', 'x');
    expect(counter.reads).toBe(502);
  });

  test('opens nothing once the tenant is gone and five minutes have passed', async () => {
    const { store, rows } = tenants('acme');
    let now = new Date('2026-03-01T10:00:00.000Z');
    const sealer = createSealer({ secrets, tenants: store, clock: () => now });
    const sealed = await sealer.sealFor('acme', 'e1', 'f', 'x');
    rows.delete('acme');
    now = new Date('2026-03-01T10:05:00.000Z');
    await expect(sealer.openFor('acme', 'e1', 'f', sealed)).rejects.toMatchObject({
      code: 'internal_error',
      internal: 'The tenant acme is gone, and its data key with it.',
    });
  });
});

function tenants(...ids: readonly string[]) {
  return memoryTenants(ids.map((id) => tenantOf(id, wrapDataKey(masterKey, id, newDataKey()))));
}
