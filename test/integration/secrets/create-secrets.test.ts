import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKeyVaultKeeper } from '../../../lib/adapters/secrets/key-vault-keeper.ts';
import { createOperatorCheck } from '../../../lib/core/keys/operator-check.ts';
import { pepperOf } from '../../../lib/core/keys/peppers.ts';
import { newDataKey, wrapDataKey } from '../../../lib/core/sealing/data-key.ts';
import { secretNames } from '../../../lib/core/secrets.ts';
import { createSigner } from '../../../lib/core/signing/signer.ts';
import { createCertificates } from '../../support/certificates.ts';
import { startFakeVault, trustedCertificate, vaultToken } from './fake-vault.ts';
import { type OperatorWorld, operatorWorld, valuesIn } from './operator-world.ts';

const names = Object.values(secretNames);
const { masterKey, keyPepper, signingKey, operatorKey } = secretNames;

let certificate: Awaited<ReturnType<typeof trustedCertificate>>;
let world: OperatorWorld;
beforeAll(async () => {
  certificate = await trustedCertificate();
});
beforeEach(async () => {
  world = await operatorWorld(certificate);
});
afterEach(() => world[Symbol.asyncDispose]());

describe('secrets create', () => {
  test('makes the four secrets so that the app can work with each, and tells none of them', async () => {
    const { code, printed, told } = await world.run('create');
    expect([code, printed]).toEqual([0, '']);
    expect(told).toContain('4 made, 0 in trouble');
    expect(told).toContain('az keyvault secret show --vault-name 127 --name sluice-operator-key');
    for (const value of valuesIn(world.vault, names)) expect(told).not.toContain(value);
    const secrets = world.process();
    expect(wrapDataKey(await secrets.get(masterKey), 'acme', newDataKey())).toMatch(/^\w{12}\./);
    expect(pepperOf(keyPepper, await secrets.get(keyPepper)).bytes).toHaveLength(32);
    expect((await createSigner(secrets).publicKeys()).keys).toHaveLength(1);
    const check = createOperatorCheck({ secrets });
    expect(await check(world.value(operatorKey))).toMatchObject({ kind: 'operator' });
  });

  test('says in the vault what each is: its form and its purpose, and no end', async () => {
    await world.run('create');
    const stored = names.map((name) => world.vault.versions(name).at(-1));
    expect(stored.map((secret) => secret?.contentType)).toEqual([
      '32 random bytes, base64',
      '32 random bytes, base64',
      'application/jwk+json',
      'text/plain',
    ]);
    for (const secret of stored) expect(secret?.tags).toEqual({ purpose: expect.any(String) });
  });

  test('a second time makes nothing and says so', async () => {
    await world.run('create');
    const before = valuesIn(world.vault, names);
    const { code, told } = await world.run('create');
    expect([code, world.vault.writes().length]).toEqual([0, 4]);
    expect(told).toContain('0 made');
    expect(told.match(/is there, left as it is/g)).toHaveLength(4);
    expect(valuesIn(world.vault, names)).toEqual(before);
  });

  test('makes what is missing and never overwrites what is there', async () => {
    await world.run('create');
    const kept = world.value(masterKey);
    world.vault.remove(keyPepper);
    expect((await world.run('create')).told).toContain('sluice-key-pepper: made.');
    expect(world.vault.versions(masterKey).map(({ value }) => value)).toEqual([kept]);
  });

  test("prints the operator's key on stdout, once, when it is asked to", async () => {
    const { printed, told } = await world.run('create', '--show-operator-key');
    expect(printed).toBe(world.value(operatorKey));
    expect(told).not.toContain(printed);
    expect((await world.run('create', '--show-operator-key')).printed).toBe('');
  });

  test.each([
    [
      'is deleted',
      'and its name is taken until 2026-05-30. Recover it: az keyvault secret recover --vault-name 127 --name sluice-key-pepper',
      () => world.vault.softDelete(keyPepper),
    ],
    [
      'is disabled',
      'Enable it: az keyvault secret set-attributes',
      () => world.vault.set(keyPepper, 'x', { enabled: false }),
    ],
    [
      'is no good',
      'The secret sluice-key-pepper must be 32 random bytes as base64.',
      () => world.vault.set(keyPepper, 'too short'),
    ],
  ])('one that %s is told with what to do, and the others are made', async (_, told, spoil) => {
    world.vault.set(keyPepper, 'x');
    spoil();
    const done = await world.run('create');
    expect(done.code).toBe(1);
    expect(done.told).toContain(told);
    expect(done.told).toContain('3 made, 1 in trouble');
    expect(world.vault.writes()).not.toContain(keyPepper);
    expect(done.told).not.toContain('too short');
  });
});

describe('a vault that refuses the operator', () => {
  test.each([
    [
      'because the role is missing',
      { status: 403, message: 'Caller is not authorized to perform action on resource.' },
      'You need the role Key Vault Secrets Officer',
    ],
    [
      'because the role reads only',
      { status: 403, method: 'PUT', message: 'Caller is not authorized to perform action.' },
      'sluice-master-key could not be set: you may not. You need the role Key Vault Secrets Officer',
    ],
    [
      'because of its firewall',
      {
        status: 403,
        message: 'Client address is not authorized and caller is not a trusted service.',
      },
      'the firewall of the vault keeps this machine out',
    ],
    ['because it does not know the sign-in', { status: 401 }, 'Run az login'],
    [
      'because a secret is deleted where the operator may not look',
      { status: 403, path: '/deletedsecrets/' },
      'sluice-master-key could not be set: its name is taken by a secret that is deleted',
    ],
    ['for now', { status: 503, retryAfterSeconds: 0 }, 'the vault answered with status 503'],
  ])('%s is told with what to do', async (_, trouble, told) => {
    world.vault.set(masterKey, 'x');
    world.vault.softDelete(masterKey);
    if (!('path' in trouble)) world.vault.remove(masterKey);
    world.vault.behave({ kind: 'status', ...trouble });
    const done = await world.run('create');
    expect(done).toMatchObject({ code: 1, printed: '' });
    expect(done.told).toContain(told);
  });

  test('nobody who is signed in: the operator hears how to sign in', async () => {
    const unavailable = Object.assign(new Error('canary'), { name: 'CredentialUnavailableError' });
    const keeper = createKeyVaultKeeper(world.vault.url, {
      getToken: () => Promise.reject(unavailable),
    });
    await expect(keeper.look(masterKey)).rejects.toMatchObject({
      code: 'secret_unavailable',
      internal: expect.stringContaining('nobody is signed in. Run az login.'),
    });
  });
});

describe('secrets, the command', () => {
  const vault = ['--vault', 'https://name.vault.azure.net'];
  test.each([
    [[], 'Say what to do.'],
    [['destroy', ...vault], 'There is no command destroy.'],
    [['create', signingKey, ...vault], 'one word too many'],
    [['rotate', ...vault], 'Say which secret to rotate.'],
    [['rotate', 'sluice-key-pepper-previous', ...vault], 'Say which secret to rotate.'],
    [['create', '--force', ...vault], "Unknown option '--force'"],
    [['create'], '--vault takes the address of a vault.'],
    [['create', '--vault', 'http://name.vault.azure.net'], '--vault takes the address of a vault.'],
    [['create', '--vault', 'https://h/secrets/x'], '--vault takes the address of a vault.'],
  ])('refuses %j with the usage', async (args, told) => {
    const done = await world.command(args);
    expect([done.code, done.printed]).toEqual([2, '']);
    expect(done.told).toContain(told);
    expect(done.told).toContain('usage: npm run secrets');
  });

  test('prints the usage when it is asked for it', async () => {
    const done = await world.command(['--help']);
    expect([done.code, done.told]).toEqual([0, '']);
    expect(done.printed).toContain('usage: npm run secrets');
  });
});

test('npm run secrets signs in by itself and keeps data and talk apart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-secrets-'));
  const authority = await createCertificates(folder);
  await using vault = await startFakeVault(authority);
  const tokens = createServer((_, response) => {
    const expires = String(Math.floor(Date.now() / 1000) + 86_400);
    const token = { access_token: vaultToken, expires_on: expires, token_type: 'Bearer' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  }).listen(0, '127.0.0.1');
  await once(tokens, 'listening');
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_EXTRA_CA_CERTS: authority.caFile,
    IDENTITY_ENDPOINT: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/msi/token`,
    IDENTITY_HEADER: 'of this test',
  };
  const program = join(import.meta.dirname, '../../../functions/commands/secrets.ts');
  const run = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [program, ...args, '--vault', vault.url], { env });
  const created = await run('create', '--show-operator-key');
  expect(created.stdout).toBe(`${vault.versions(operatorKey).at(-1)?.value}\n`);
  expect(created.stderr).toContain('4 made');
  const checked = await run('check');
  expect(checked.stdout.split('\n').slice(0, 4)).toEqual(
    names.map((name) => `${name.padEnd(30)}ok          0 days old`),
  );
  vault.remove(masterKey);
  await expect(run('check')).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('sluice-master-key             MISSING'),
  });
  tokens.close();
  await rm(folder, { recursive: true, force: true });
});
