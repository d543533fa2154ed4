import { Resolver } from 'node:dns/promises';

/** All IPv4 and IPv6 addresses of a host name; throws when they cannot all be known. */
export type HostResolver = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * Asks name servers (`address` or `address:port`; default: the machine's) for A and AAAA records,
 * past the hosts file and search domains. A family without records is empty; every other failure is
 * thrown, so that nothing is let through half checked.
 */
export function createHostResolver(servers?: readonly string[]): HostResolver {
  return async (host, signal) => {
    const resolver = new Resolver({ timeout: 1500, tries: 2 });
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const families = [resolver.resolve4(host), resolver.resolve6(host)];
      return (await Promise.all(families.map(emptyIfNone))).flat();
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}

async function emptyIfNone(answer: Promise<string[]>): Promise<readonly string[]> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENODATA') return [];
    throw error;
  }
}
