import type { Duplex } from 'node:stream';
import { type Client, Connection } from 'pg';
import type { ConnectionSettings } from './connection-settings.ts';

/** What a cancel request names the server's process by. */
export interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}

/** The parts of pg's Connection that its published types leave out. */
export interface RawConnection {
  readonly stream: Duplex;
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
  once(event: 'connect' | 'sslconnect' | 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The key of the client's backend, once it is connected. */
export function backendKeyOf(client: Client): BackendKey | undefined {
  // pg keeps these on the client, but its types do not say so.
  const { processID, secretKey } = client as unknown as Partial<BackendKey>;
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return undefined;
  return { processID, secretKey };
}

/** A connection without a login, ready to `connect`. */
export function rawConnection({ tls }: ConnectionSettings): RawConnection {
  // The published type lacks the methods that RawConnection lists.
  return new Connection({ ssl: tls }) as unknown as RawConnection;
}

/** The client's connection with the events that its published type lacks. */
export function rawConnectionOf(client: Client): RawConnection {
  return client.connection as unknown as RawConnection;
}

/** Opens the socket; a unix socket is named the way pg's own client does it. */
export function openSocket(connection: RawConnection, { address }: ConnectionSettings): void {
  if (address.isSocket) connection.connect(`${address.host}/.s.PGSQL.${address.port}`);
  else connection.connect(address.port, address.host);
}
