export interface ProviderUrlOptions {
  /** Lets this machine be a provider, by http too. For development only. */
  readonly allowLoopback: boolean;
}

const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** What is wrong with the address of a provider or of its keys; undefined when it may be called. */
export function providerUrlMistake(
  text: string,
  { allowLoopback }: ProviderUrlOptions,
): string | undefined {
  if (!URL.canParse(text)) return 'must be an https address';
  const url = new URL(text);
  const isLoopback = loopbackHosts.has(url.hostname);
  if (isLoopback && !allowLoopback) return 'must not be this machine';
  if (url.protocol !== 'https:' && !(isLoopback && url.protocol === 'http:')) {
    return 'must be an https address';
  }
  if (url.username !== '' || url.password !== '') return 'must not hold a user or a password';
  return url.hash === '' ? undefined : 'must not have a fragment';
}
