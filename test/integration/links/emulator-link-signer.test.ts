import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBlobExportFiles } from '../../../lib/adapters/blobs/blob-export-files.ts';
import { createEmulatorLinkSigner } from '../../../lib/adapters/blobs/emulator-link-signer.ts';
import { emulatorAccount } from '../../../lib/adapters/shared/storage-options.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { trustAuthority } from '../../support/certificates.ts';
import { describeLinkSignerContract, windowOf } from './link-signer-contract.ts';

let plain: Azurite;
let secure: Azurite;

beforeAll(async () => {
  plain = await startAzurite();
  secure = await startAzurite({ https: true });
  if (secure.certificates !== undefined) trustAuthority(secure.certificates.ca);
});

afterAll(async () => {
  await plain.stop();
  await secure.stop();
});

const partsOf = ({ connectionString }: Azurite) => ({
  signer: createEmulatorLinkSigner(connectionString),
  files: createBlobExportFiles(emulatorAccount(connectionString)),
  signatureParameters: [],
});

describeLinkSignerContract('the key of an emulator without TLS', async () => ({
  ...partsOf(plain),
  protocols: 'https,http',
}));

describeLinkSignerContract('the key of an emulator with TLS', async () => ({
  ...partsOf(secure),
  protocols: 'https',
}));

test('S24 a link signed for HTTPS is refused over HTTP: 403', async () => {
  const { files } = partsOf(plain);
  await files.create('e1');
  await files.put({ exportId: 'e1', name: 'a.csv' }, Buffer.from('x'), {
    contentType: 'text/csv',
    sha256: 'ab'.repeat(32),
  });
  // Both emulators have the same account and key, so only the protocol stands against the first.
  const forHttps = await partsOf(secure).signer.signFile('e1', 'a.csv', windowOf(0, 60));
  const forBoth = await partsOf(plain).signer.signFile('e1', 'a.csv', windowOf(0, 60));
  expect((await fetch(forHttps.replace(secure.blobUrl, plain.blobUrl))).status).toBe(403);
  expect((await fetch(forBoth)).status).toBe(200);
});
