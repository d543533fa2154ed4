import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import tls from 'node:tls';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createOutbound } from '../../../lib/adapters/webhooks/outbound-client.ts';
import {
  type CertificateOptions,
  createAuthority,
  type IssuedCertificate,
  issueCertificate,
} from '../../support/issue-certificate.ts';
import { startWebhookReceiver } from '../../support/webhook-receiver.ts';
import { recordingLog } from '../../support/webhook-samples.ts';

let authority: IssuedCertificate;

beforeAll(async () => {
  authority = await createAuthority();
});

afterEach(() => vi.unstubAllEnvs());

const dayMs = 86_400_000;
const refused = { ok: false, error: 'tls_failure' };

function client(ca?: string) {
  return createOutbound({
    urlRules: { allowLoopback: true, extraPorts: [], ownHosts: [] },
    log: recordingLog(),
    ca,
  });
}

/** Posts once to a server with this certificate and tells what came of it and what it received. */
async function postTo(certificate: CertificateOptions, ca?: string, host = '127.0.0.1') {
  const receiver = await startWebhookReceiver({ https: await issueCertificate(certificate) });
  const url = `https://${host}:${receiver.port}/`;
  const result = await client(ca).post({ url, headers: {}, body: '{}' });
  const received = receiver.requests.length;
  await receiver.stop();
  return { result, received };
}

describe('S20 TLS of a webhook', () => {
  test('with a certificate of the deployment’s own authority is accepted, by name and by address', async () => {
    const certificate = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], authority };
    const accepted = { result: { ok: true, status: 204 }, received: 1 };
    expect(await postTo(certificate, authority.cert, 'localhost')).toEqual(accepted);
    expect(await postTo(certificate, authority.cert)).toEqual(accepted);
  });

  test.each<[string, () => CertificateOptions, boolean]>([
    ['signed by itself', () => ({ ipAddresses: ['127.0.0.1'] }), false],
    ['signed by itself, with a private CA set', () => ({ ipAddresses: ['127.0.0.1'] }), true],
    ['of an authority nobody trusts', () => ({ ipAddresses: ['127.0.0.1'], authority }), false],
    ['for another name', () => ({ dnsNames: ['other.example.com'], authority }), true],
    [
      'that is over',
      () => {
        const from = new Date(Date.now() - 10 * dayMs);
        const until = new Date(Date.now() - dayMs);
        return { ipAddresses: ['127.0.0.1'], authority, valid: { from, until } };
      },
      true,
    ],
  ])('with a certificate %s is refused before anything is sent', async (_name, options, withCa) => {
    const outcome = await postTo(options(), withCa ? authority.cert : undefined);
    expect(outcome).toEqual({ result: refused, received: 0 });
  });

  test('is verified even where the process was told not to', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const outcome = await postTo({ ipAddresses: ['127.0.0.1'] });
    expect(outcome).toEqual({ result: refused, received: 0 });
  });

  test('below 1.2 is refused, even where the process takes weak ciphers', async () => {
    const certificate = await issueCertificate({ ipAddresses: ['127.0.0.1'], authority });
    let requests = 0;
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
    const server = createServer({ ...certificate, ...old }, (_request, response) => {
      requests += 1;
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = portOf(server);
    const { DEFAULT_CIPHERS } = tls;
    try {
      tls.DEFAULT_CIPHERS = 'DEFAULT@SECLEVEL=0';
      // Else the refusal below could be the fault of the server or of the ciphers.
      expect(await protocolOf(port)).toBe('TLSv1.1');
      const url = `https://127.0.0.1:${port}/`;
      const result = await client(authority.cert).post({ url, headers: {}, body: '{}' });
      expect({ result, requests }).toEqual({ result: refused, requests: 0 });
    } finally {
      tls.DEFAULT_CIPHERS = DEFAULT_CIPHERS;
      server.close();
    }
  });

  test('to a server that speaks none is refused', async () => {
    const receiver = await startWebhookReceiver();
    const url = `https://127.0.0.1:${receiver.port}/`;
    const result = await client().post({ url, headers: {}, body: '{}' });
    await receiver.stop();
    expect(result).toEqual(refused);
  });
});

/** What a client that takes old versions agrees on with this server. */
async function protocolOf(port: number): Promise<string | null> {
  const secureContext = tls.createSecureContext({ minVersion: 'TLSv1', ca: authority.cert });
  const socket = tls.connect({ host: '127.0.0.1', port, secureContext });
  await once(socket, 'secureConnect');
  const protocol = socket.getProtocol();
  socket.destroy();
  return protocol;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}
