import { once } from 'node:events';
import { connect } from 'node:net';

const timeoutMs = 1_000;

/** True when something on this machine takes connections at the port. */
export async function isAnswering(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(timeoutMs) });
    return true;
  } catch {
    // Refused or silent: nobody is there.
    return false;
  } finally {
    socket.destroy();
  }
}
