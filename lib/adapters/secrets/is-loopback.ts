/** True for a vault on this machine. */
export function isLoopback(vaultUrl: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(vaultUrl).hostname);
}
