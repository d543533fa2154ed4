import { generate } from 'selfsigned';

export interface IssuedCertificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of the test's own. */
export async function createAuthority(name = 'Webhook test authority'): Promise<IssuedCertificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert, key };
}

export interface CertificateOptions {
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** Absent: signed with its own key. */
  readonly authority?: IssuedCertificate;
  /** Default: from now for a year. */
  readonly valid?: { readonly from: Date; readonly until: Date };
}

/** A server's certificate for these names. */
export async function issueCertificate(options: CertificateOptions): Promise<IssuedCertificate> {
  const { dnsNames = [], ipAddresses = [], authority, valid } = options;
  const commonName = dnsNames[0] ?? ipAddresses[0] ?? 'nobody';
  const { cert, private: key } = await generate([{ name: 'commonName', value: commonName }], {
    algorithm: 'sha256',
    keyType: 'ec',
    ...(authority === undefined ? {} : { ca: authority }),
    ...(valid === undefined ? {} : { notBeforeDate: valid.from, notAfterDate: valid.until }),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...dnsNames.map((value) => ({ type: 2, value }) as const),
          ...ipAddresses.map((ip) => ({ type: 7, ip }) as const),
        ],
      },
    ],
  });
  return { cert, key };
}
