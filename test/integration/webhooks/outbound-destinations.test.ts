import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createOutbound,
  type OutboundOptions,
} from '../../../lib/adapters/webhooks/outbound-client.ts';
import type { UrlRules } from '../../../lib/core/webhooks/url-rules.ts';
import { hostileAddresses, hostileSpellings, publicAddresses } from '../../support/addresses.ts';
import {
  createAuthority,
  type IssuedCertificate,
  issueCertificate,
} from '../../support/issue-certificate.ts';
import { watchConnections } from '../../support/watch-connections.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts';
import { recordingLog } from '../../support/webhook-samples.ts';

const rules: UrlRules = { allowLoopback: false, extraPorts: [], ownHosts: [] };
const url = 'https://hooks.example.com/sluice?token=abc';
const request = (target = url) => ({ url: target, headers: {}, body: '{}' });
const blocked = { ok: false, error: 'blocked_destination' };
const unknown = { ok: false, error: 'dns_failure' };

function outbound(options: Partial<OutboundOptions> = {}) {
  return createOutbound({ urlRules: rules, log: recordingLog(), ...options });
}

describe('S18 where a webhook may go', () => {
  test.each(hostileAddresses)(
    'a name that resolves to %s is never connected to',
    async (address) => {
      const client = outbound({ resolver: async () => [address] });
      using connections = watchConnections();
      expect(await client.post(request())).toEqual(blocked);
      expect(await client.check(url)).toBe('blocked_destination');
      expect(connections.count).toBe(0);
    },
  );

  test.each(hostileAddresses)(
    'one bad answer, %s, among good ones refuses all',
    async (address) => {
      const [first = '', ...others] = publicAddresses;
      const client = outbound({ resolver: async () => [first, address, ...others] });
      using connections = watchConnections();
      expect(await client.post(request())).toEqual(blocked);
      expect(connections.count).toBe(0);
    },
  );

  test.each(hostileSpellings)('%j is refused without a look-up', async (target) => {
    let lookups = 0;
    const resolver = async () => {
      lookups += 1;
      return ['8.8.8.8'];
    };
    using connections = watchConnections();
    expect(await outbound({ resolver }).post(request(target))).toEqual(blocked);
    expect({ lookups, connections: connections.count }).toEqual({ lookups: 0, connections: 0 });
  });

  test.each([...hostileAddresses, ...publicAddresses])(
    'the literal %s is refused',
    async (address) => {
      const host = address.includes(':') ? `[${address}]` : address;
      using connections = watchConnections();
      expect(await outbound().post(request(`https://${host}/`))).toEqual(blocked);
      expect(connections.count).toBe(0);
    },
  );

  test.each([
    ['gives nothing', async () => []],
    ['gives only IPv6 addresses', async () => ['2606:4700::1111']],
    ['fails', () => Promise.reject(new Error('SERVFAIL'))],
    [
      'throws at once',
      () => {
        throw new Error('broken');
      },
    ],
    ['never answers', () => new Promise<never>(() => undefined)],
  ])('a resolver that %s lets nothing out', async (_name, resolver) => {
    const client = outbound({ resolver, times: { resolveMs: 50 } });
    using connections = watchConnections();
    expect(await client.post(request())).toEqual(unknown);
    expect(await client.check(url)).toBe('dns_failure');
    expect(connections.count).toBe(0);
  });

  test('a check of a public name is content and connects to nothing', async () => {
    using connections = watchConnections();
    expect(await outbound({ resolver: async () => publicAddresses }).check(url)).toBeUndefined();
    expect(connections.count).toBe(0);
  });

  test('neither path, query nor address of a refused call is logged', async () => {
    const log = recordingLog();
    await outbound({ log, resolver: async () => ['10.1.2.3'] }).post(request());
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).not.toMatch(/token|sluice\?|10\.1\.2\.3/);
  });

  test('a system resolver that cannot answer is a failure, not a pass', async () => {
    const client = outbound({ times: { resolveMs: 1000 } });
    using connections = watchConnections();
    expect(await client.post(request('https://no-such-name.invalid/'))).toEqual(unknown);
    expect(connections.count).toBe(0);
  });
});

describe('S18 the address that was checked is the one that is called', () => {
  let authority: IssuedCertificate;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    authority = await createAuthority();
    const https = await issueCertificate({ dnsNames: ['hooks.example.com'], authority });
    receiver = await startWebhookReceiver({ https });
  });

  afterAll(() => receiver.stop());

  /** Takes 127.0.0.1 for public, so that there is something to reach. */
  const reaching = (resolver: OutboundOptions['resolver'] & {}) =>
    outbound({
      resolver,
      ca: authority.cert,
      isAllowedAddress: (address) => address === '127.0.0.1',
      urlRules: { ...rules, extraPorts: [receiver.port] },
    });

  test('a name that turns bad after the check is not asked again, and refused the next time', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    const client = reaching(async () => answers.shift() ?? []);
    const target = `https://hooks.example.com:${receiver.port}/a?b=c`;
    expect(await client.post(request(target))).toEqual({ ok: true, status: 204 });
    expect(receiver.requests).toMatchObject([
      {
        path: '/a?b=c',
        servername: 'hooks.example.com',
        headers: { host: `hooks.example.com:${receiver.port}` },
      },
    ]);
    expect(answers).toHaveLength(1);
    expect(await client.post(request(target))).toEqual(blocked);
    expect(receiver.requests).toHaveLength(1);
  });

  test('in development only the three names of this machine are let through', async () => {
    const plain = await startWebhookReceiver();
    const client = outbound({
      urlRules: { ...rules, allowLoopback: true },
      resolver: async () => ['127.0.0.1'],
    });
    for (const host of ['127.0.0.1', 'localhost', '2130706433']) {
      const result = await client.post(request(`http://${host}:${plain.port}/`));
      expect(result).toEqual({ ok: true, status: 204 });
    }
    for (const host of ['hooks.example.com', 'a.localhost', '127.0.0.2', '0.0.0.0']) {
      expect(await client.post(request(`http://${host}:${plain.port}/`))).toEqual(blocked);
    }
    expect(await client.post(request('https://hooks.example.com/'))).toEqual(blocked);
    expect(plain.requests).toHaveLength(3);
    await plain.stop();
  });
});
