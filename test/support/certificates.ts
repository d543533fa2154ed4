import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';

export interface Certificates {
  /** PEM of the authority; pass it to `trustAuthority` or in NODE_EXTRA_CA_CERTS. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Makes an authority and a server certificate for localhost and 127.0.0.1 as PEM files in the folder. */
export async function createCertificates(folder: string): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'Sluice test authority' }], {
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: serverExtensions,
  });
  return writePems(folder, { ca: authority.cert, cert: server.cert, key: server.private });
}

/** Makes TLS clients of this thread trust the authority, besides those they trust already. */
export function trustAuthority(caPem: string): void {
  setDefaultCACertificates([...getCACertificates('default'), caPem]);
}

const serverExtensions: NonNullable<NonNullable<Parameters<typeof generate>[1]>['extensions']> = [
  { name: 'basicConstraints', cA: false },
  { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
  { name: 'extKeyUsage', serverAuth: true },
  {
    name: 'subjectAltName',
    altNames: [
      { type: 2, value: 'localhost' },
      { type: 7, ip: '127.0.0.1' },
    ],
  },
];

async function writePems(
  folder: string,
  pems: Pick<Certificates, 'ca' | 'cert' | 'key'>,
): Promise<Certificates> {
  const files = {
    caFile: join(folder, 'ca.pem'),
    certFile: join(folder, 'cert.pem'),
    keyFile: join(folder, 'key.pem'),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(files.caFile, pems.ca);
  await writeFile(files.certFile, pems.cert);
  await writeFile(files.keyFile, pems.key, { mode: 0o600 });
  return { ...pems, ...files };
}
