import { randomUUID } from 'node:crypto';
import { ManagedIdentityCredential } from '@azure/identity';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createBlobExportFiles } from '../../../lib/adapters/blobs/blob-export-files.ts';
import { createDelegationLinkSigner } from '../../../lib/adapters/blobs/delegation-link-signer.ts';
import {
  emulatorAccount,
  type IdentityAccount,
} from '../../../lib/adapters/shared/storage-options.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { trustAuthority } from '../../support/certificates.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../support/identity-endpoint.ts';
import { describeLinkSignerContract, windowOf } from './link-signer-contract.ts';

let secure: Azurite;
let plain: Azurite;
let identity: IdentityEndpoint;
let account: IdentityAccount;

beforeAll(async () => {
  secure = await startAzurite({ oauth: true });
  plain = await startAzurite();
  if (secure.certificates !== undefined) trustAuthority(secure.certificates.ca);
  identity = await startIdentityEndpoint();
  identity.install();
  account = {
    kind: 'identity',
    serviceUrl: secure.blobUrl,
    credential: new ManagedIdentityCredential(),
  };
});

afterAll(async () => {
  await identity.stop();
  await secure.stop();
  await plain.stop();
});

const hourMs = 60 * 60 * 1000;

describeLinkSignerContract('a user delegation key', async () => ({
  signer: createDelegationLinkSigner(account, () => new Date()),
  files: createBlobExportFiles(account),
  protocols: 'https',
  signatureParameters: ['skoid', 'sktid', 'skt', 'ske', 'sks', 'skv'],
}));

describe('user delegation keys', () => {
  test('S24 a link is refused over HTTP: 403', async () => {
    const file = { exportId: 'e1', name: 'a.csv' };
    const facts = { contentType: 'text/csv', sha256: 'ab'.repeat(32) };
    for (const files of [
      createBlobExportFiles(account),
      createBlobExportFiles(emulatorAccount(plain.connectionString)),
    ]) {
      await files.create(file.exportId);
      await files.put(file, Buffer.from('x'), facts);
    }
    const signer = createDelegationLinkSigner(account, () => new Date());
    const link = await signer.signFile(file.exportId, file.name, windowOf(0, 60));
    expect((await fetch(link)).status).toBe(200);
    const overHttp = await fetch(link.replace(secure.blobUrl, plain.blobUrl));
    expect([overHttp.status, await overHttp.text()]).toEqual([
      403,
      expect.stringContaining('AuthorizationProtocolMismatch'),
    ]);
  });

  test('come by the managed identity of the app', () => {
    expect(new Set(identity.issued)).toEqual(new Set(['https://storage.azure.com']));
  });

  test('live nine hours and are used again for half of that', async () => {
    const start = Date.now();
    let nowMs = start;
    const signer = createDelegationLinkSigner(account, () => new Date(nowMs));
    const keyEndAt = async (laterMs: number) => {
      nowMs = start + laterMs;
      const window = { from: new Date(nowMs), until: new Date(nowMs + hourMs) };
      const link = new URL(await signer.signFile('e1', 'a.csv', window));
      return Date.parse(link.searchParams.get('ske') ?? '');
    };
    const first = await keyEndAt(0);
    expect(first).toBe(Math.floor((start + 9 * hourMs) / 1000) * 1000);
    expect(await keyEndAt(4.4 * hourMs)).toBe(first);
    expect(await keyEndAt(4.6 * hourMs)).toBe(Math.floor((start + 13.6 * hourMs) / 1000) * 1000);
  });

  test('L3 never end before the link that they sign', async () => {
    const start = Date.now();
    let nowMs = start;
    const signer = createDelegationLinkSigner(account, () => new Date(nowMs));
    for (const [laterHours, lifeHours] of [
      [0, 8],
      [1.5, 8],
      [1.6, 24],
    ] as const) {
      nowMs = start + laterHours * hourMs;
      const window = { from: new Date(nowMs), until: new Date(nowMs + lifeHours * hourMs) };
      const said = new URL(await signer.signFile('e1', 'a.csv', window)).searchParams;
      const [keyStart = 0, linkStart = 0, linkEnd = 0, keyEnd = 0] = ['skt', 'st', 'se', 'ske'].map(
        (name) => Date.parse(said.get(name) ?? ''),
      );
      expect(keyStart).toBeLessThanOrEqual(linkStart);
      expect(keyEnd).toBeGreaterThanOrEqual(linkEnd);
    }
  });

  test('are fetched once for many links at the same time', async () => {
    const fetching = vi.spyOn(BlobServiceClient.prototype, 'getUserDelegationKey');
    const signer = createDelegationLinkSigner(account, () => new Date());
    const window = windowOf(0, 60);
    const sign = () => signer.signFile('e1', 'a.csv', window);
    const links = await Promise.all(Array.from({ length: 50 }, sign));
    expect(new Set([...links, await sign()]).size).toBe(1);
    expect(fetching).toHaveBeenCalledTimes(1);
    fetching.mockRestore();
  });

  test('S26 sign a correlation id into every link of a real account, for its log', async () => {
    const [from, until] = [new Date(Date.now() - hourMs), new Date(Date.now() + 9 * hourMs)];
    const fetching = vi.spyOn(BlobServiceClient.prototype, 'getUserDelegationKey');
    fetching.mockResolvedValue({
      signedObjectId: randomUUID(),
      signedTenantId: randomUUID(),
      signedStartsOn: from,
      signedExpiresOn: until,
      signedService: 'b',
      signedVersion: '2026-10-06',
      value: Buffer.alloc(32, 7).toString('base64'),
      _response: undefined as never,
    });
    const real = { ...account, serviceUrl: 'https://exports.blob.core.windows.net' };
    const signer = createDelegationLinkSigner(real, () => new Date());
    const signed = async (correlationId: string) => {
      const window = { ...windowOf(0, 60), correlationId };
      const file = new URL(await signer.signFile('e1', 'a.csv', window));
      const { sasToken } = await signer.signExport('e1', window);
      return [file.searchParams, new URLSearchParams(sasToken)];
    };
    const [one, other] = [randomUUID(), randomUUID()];
    for (const said of await signed(one)) {
      const { scid, sp, spr } = Object.fromEntries(said);
      expect({ scid, sp, spr }).toEqual({ scid: one, sp: 'r', spr: 'https' });
    }
    const signatures = [...(await signed(one)), ...(await signed(other))].map((said) =>
      said.get('sig'),
    );
    expect(new Set(signatures).size).toBe(4);
    fetching.mockRestore();
  });

  test('that cannot be had are storage_unavailable, and the next caller tries again', async () => {
    let usable = false;
    const credential = new ManagedIdentityCredential();
    const signer = createDelegationLinkSigner(
      {
        ...account,
        credential: {
          getToken: async (...request) => {
            if (!usable) throw new Error('no identity');
            return await credential.getToken(...request);
          },
        },
      },
      () => new Date(),
    );
    const sign = () => signer.signFile('e1', 'a.csv', windowOf(0, 60));
    await expect(sign()).rejects.toMatchObject({ code: 'storage_unavailable' });
    usable = true;
    expect(new URL(await sign()).searchParams.get('sr')).toBe('b');
  });
});
