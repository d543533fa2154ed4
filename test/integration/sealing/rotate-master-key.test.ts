import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSettingsSecrets } from '../../../lib/adapters/secrets/settings-secrets.ts';
import { rotateMasterKey } from '../../../lib/core/sealing/rotate-master-key.ts';
import { createSealer } from '../../../lib/core/sealing/sealer.ts';
import type { SecretStore } from '../../../lib/core/secrets.ts';
import { createTenant } from '../../../lib/core/tenants/create-tenant.ts';
import type { TenantStore } from '../../../lib/core/tenants/tenant.ts';
import { signatureHeaders } from '../../../lib/core/webhooks/signature.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { freshStores, times } from '../tables/fresh-stores.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const clock = () => new Date('2026-03-01T10:00:00.000Z');
const log = { info() {}, warn() {}, error() {} };
const silent = () => {};

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const newKey = () => randomBytes(32).toString('base64');
const [first, second] = [newKey(), newKey()];
const onlyFirst = secretsOf(first);
const both = secretsOf(second, first);
const onlySecond = secretsOf(second);

function secretsOf(current: string, previous = ''): SecretStore {
  return createSettingsSecrets(settingsOf(current, previous));
}

function settingsOf(current: string, previous = '') {
  return {
    SLUICE_SECRET_SLUICE_MASTER_KEY: current,
    SLUICE_SECRET_SLUICE_MASTER_KEY_PREVIOUS: previous,
  };
}

async function tenantsWithSecrets(tenants: TenantStore, count: number) {
  const sealer = createSealer({ secrets: onlyFirst, tenants });
  return times(count, 16, async (index) => {
    const deps = { tenants, secrets: onlyFirst, clock, region: 'local' };
    const { id } = await createTenant(deps, { id: `t${index}`, name: `Tenant ${index}` });
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    return { id, secret, sealed: await sealer.sealFor(id, 'e1', 'signingSecret', secret) };
  });
}

type Sealed = Awaited<ReturnType<typeof tenantsWithSecrets>>[number];

/** Signs with what a fresh process can open, and has the receiver's own library check it. */
async function expectDeliverable(
  tenants: TenantStore,
  secrets: SecretStore,
  made: readonly Sealed[],
) {
  const sealer = createSealer({ secrets, tenants });
  for (const { id, secret, sealed } of made) {
    const opened = await sealer.openFor(id, 'e1', 'signingSecret', sealed);
    const message = { webhookId: 'msg_1', at: new Date(), body: '{}', secrets: [opened] };
    const headers = signatureHeaders(message);
    expect(new Webhook(secret).verify('{}', { ...headers })).toEqual({});
  }
}

describe('rotating the master key', () => {
  test('wraps every data key anew, page by page, and changes nothing when it is run again', async () => {
    const { tenants } = freshStores(azurite.connectionString);
    const made = await tenantsWithSecrets(tenants, 203);
    await expectDeliverable(tenants, both, made.slice(0, 5));
    const pages: number[] = [];
    const done = await rotateMasterKey({ tenants, secrets: both, log }, (soFar) =>
      pages.push(soFar.tenants),
    );
    expect(pages).toEqual([200, 203]);
    expect(done).toMatchObject({ tenants: 203, rewrapped: 203, failed: 0 });
    const before = await tenants.find('t7');
    const again = await rotateMasterKey({ tenants, secrets: onlySecond, log }, silent);
    expect(again).toEqual({ ...done, rewrapped: 0 });
    expect(await tenants.find('t7')).toEqual(before);
    await expectDeliverable(tenants, onlySecond, made);
  });

  test('stopped in the middle leaves everything readable, and the next run does the rest', async () => {
    const { tenants } = freshStores(azurite.connectionString);
    const made = await tenantsWithSecrets(tenants, 8);
    let left = 3;
    const dying: TenantStore = {
      ...tenants,
      find: (id) => (left-- > 0 ? tenants.find(id) : Promise.reject(new Error('power cut'))),
    };
    const halfway = await rotateMasterKey({ tenants: dying, secrets: both, log }, silent);
    expect(halfway).toMatchObject({ rewrapped: 3, failed: 5 });
    await expectDeliverable(tenants, both, made);
    const rest = await rotateMasterKey({ tenants, secrets: both, log }, silent);
    expect(rest).toMatchObject({ rewrapped: 5, failed: 0 });
    await expectDeliverable(tenants, onlySecond, made);
  });

  test('two runs at once do each tenant once', async () => {
    const { tenants } = freshStores(azurite.connectionString);
    const made = await tenantsWithSecrets(tenants, 12);
    const rotate = () => rotateMasterKey({ tenants, secrets: both, log }, silent);
    const counts = await Promise.all([rotate(), rotate()]);
    expect(counts.map(({ failed }) => failed)).toEqual([0, 0]);
    expect(counts.reduce((sum, { rewrapped }) => sum + rewrapped, 0)).toBe(12);
    await expectDeliverable(tenants, onlySecond, made);
  });

  test('a tenant that is changed in between keeps the change', async () => {
    const { tenants } = freshStores(azurite.connectionString);
    const made = await tenantsWithSecrets(tenants, 2);
    const renaming: TenantStore = {
      ...tenants,
      async find(id) {
        const found = await tenants.find(id);
        if (found !== undefined && found.value.name !== 'Renamed') {
          await tenants.update({ ...found.value, name: 'Renamed' }, found.etag);
        }
        return found;
      },
    };
    const done = await rotateMasterKey({ tenants: renaming, secrets: both, log }, silent);
    expect(done).toMatchObject({ rewrapped: 2, failed: 0 });
    for (const { id } of made) expect((await tenants.find(id))?.value.name).toBe('Renamed');
    await expectDeliverable(tenants, onlySecond, made);
  });

  test('without the previous key nothing is opened or lost, and the missing secret is named', async () => {
    const { tenants } = freshStores(azurite.connectionString);
    const [made] = await tenantsWithSecrets(tenants, 1);
    if (made === undefined) throw new TypeError('One tenant was asked for.');
    const missing = createSealer({ secrets: onlySecond, tenants });
    const open = () => missing.openFor(made.id, 'e1', 'signingSecret', made.sealed);
    await expect(open()).rejects.toMatchObject({
      code: 'secret_unavailable',
      internal: expect.stringContaining('SLUICE_SECRET_SLUICE_MASTER_KEY_PREVIOUS'),
    });
    const done = await rotateMasterKey({ tenants, secrets: onlySecond, log }, silent);
    expect(done).toMatchObject({ tenants: 1, rewrapped: 0, failed: 1 });
    const third = createSealer({ secrets: secretsOf(second, newKey()), tenants });
    await expect(third.openFor(made.id, 'e1', 'signingSecret', made.sealed)).rejects.toMatchObject({
      code: 'secret_unavailable',
    });
    await expectDeliverable(tenants, both, [made]);
  });

  test('is one command with the settings of the app', async () => {
    const { tenants } = freshStores(azurite.connectionString, '');
    const made = await tenantsWithSecrets(tenants, 2);
    const rotate = (settings: object) =>
      run(process.execPath, [join(root, 'functions/commands/rotate-master-key.ts')], {
        env: {
          SLUICE_ENVIRONMENT: 'test',
          SLUICE_REGION: 'local',
          SLUICE_CATALOG: join(root, 'lib/config/catalog.example.json'),
          SLUICE_STATE_STORAGE: azurite.connectionString,
          SLUICE_EXPORT_STORAGE: azurite.connectionString,
          ...settings,
        },
      });
    const done = await rotate(settingsOf(second, first));
    expect(done.stdout).toContain('2 tenants looked at, 2 wrapped anew\n');
    expect(done.stdout).toContain('Run it again');
    const again = await rotate(settingsOf(second, first));
    expect(again.stdout).toContain('sluice-master-key-previous may be removed.');
    await expectDeliverable(tenants, onlySecond, made);
    const failing = rotate(settingsOf(newKey()));
    await expect(failing).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('2 failed. Set sluice-master-key-previous'),
    });
    for (const secret of [first, second]) expect(done.stdout + done.stderr).not.toContain(secret);
  });
});
