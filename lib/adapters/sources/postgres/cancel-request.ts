import type { ConnectionSettings } from './connection-settings.ts';
import { type BackendKey, openSocket, rawConnection } from './pg-internals.ts';

/**
 * Asks the server, on a second connection, to end the backend's statement. Best effort within
 * 5 seconds: it never throws, because the caller destroys the first connection anyway.
 */
export async function requestCancel(settings: ConnectionSettings, key: BackendKey): Promise<void> {
  const connection = rawConnection(settings);
  const send = () => connection.cancel(key.processID, key.secretKey);
  const { promise, resolve } = Promise.withResolvers<void>();
  const deadline = setTimeout(() => connection.stream.destroy(), cancelTimeoutMs);
  connection.on('error', () => resolve());
  // The server answers a cancel request by closing the connection.
  connection.once('end', resolve);
  connection.once('connect', () => (settings.tls === false ? send() : connection.requestSsl()));
  connection.once('sslconnect', send);
  openSocket(connection, settings);
  await promise;
  clearTimeout(deadline);
  connection.stream.destroy();
}

const cancelTimeoutMs = 5_000;
