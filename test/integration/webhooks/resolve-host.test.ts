import { describe, expect, test } from 'vitest';
import { createOutbound } from '../../../lib/adapters/webhooks/outbound-client.ts';
import { createHostResolver } from '../../../lib/adapters/webhooks/resolve-host.ts';
import { type DnsAnswer, startDnsServer } from '../../support/dns-server.ts';
import { watchConnections } from '../../support/watch-connections.ts';
import { recordingLog } from '../../support/webhook-samples.ts';

const host = 'hooks.example.com';
const publicA = Buffer.from([8, 8, 8, 8]);
const privateA = Buffer.from([10, 0, 0, 1]);
const publicAaaa = Buffer.from('20014860486000000000000000008888', 'hex');
const privateAaaa = Buffer.from('fd000000000000000000000000000001', 'hex');

async function resolve(a: DnsAnswer, aaaa: DnsAnswer, signal = AbortSignal.timeout(5000)) {
  await using dns = await startDnsServer({ a, aaaa });
  const addresses = await createHostResolver([dns.server])(host, signal);
  return { addresses: [...addresses], questions: [...dns.questions].sort() };
}

describe('S18 looking a name up', () => {
  test('asks for both families and gives every address', async () => {
    expect(await resolve([publicA, privateA], [publicAaaa])).toEqual({
      addresses: ['8.8.8.8', '10.0.0.1', '2001:4860:4860::8888'],
      questions: [`A ${host}`, `AAAA ${host}`],
    });
  });

  test('takes a family without records for empty', async () => {
    expect((await resolve([publicA], [])).addresses).toEqual(['8.8.8.8']);
    expect((await resolve([], [publicAaaa])).addresses).toEqual(['2001:4860:4860::8888']);
    expect((await resolve([], [])).addresses).toEqual([]);
  });

  test.each<[DnsAnswer, DnsAnswer]>([
    ['SERVFAIL', [publicAaaa]],
    [[publicA], 'SERVFAIL'],
    ['NXDOMAIN', 'NXDOMAIN'],
  ])('fails when a family fails', async (a, aaaa) => {
    await expect(resolve(a, aaaa)).rejects.toThrow();
  });

  test('ends with the signal when the name server is silent', async () => {
    const startMs = performance.now();
    await expect(resolve([publicA], 'silence', AbortSignal.timeout(100))).rejects.toThrow();
    expect(performance.now() - startMs).toBeLessThan(1000);
  });

  test.each<[DnsAnswer, DnsAnswer, string | undefined]>([
    [[publicA], [publicAaaa], undefined],
    [[publicA, privateA], [], 'blocked_destination'],
    [[publicA], [privateAaaa], 'blocked_destination'],
    [[publicA], 'SERVFAIL', 'dns_failure'],
    [[publicA], 'silence', 'dns_failure'],
  ])('decides over real name service', async (a, aaaa, trouble) => {
    await using dns = await startDnsServer({ a, aaaa });
    const client = createOutbound({
      urlRules: { allowLoopback: false, extraPorts: [], ownHosts: [] },
      log: recordingLog(),
      resolver: createHostResolver([dns.server]),
      times: { resolveMs: 300 },
    });
    using connections = watchConnections();
    expect(await client.check(`https://${host}/`)).toBe(trouble);
    expect(connections.count).toBe(0);
  });
});
