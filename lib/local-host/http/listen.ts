import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toError } from '../host-error.ts';
import type { HostLog } from '../log.ts';

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A server that is listening. */
export interface Listener {
  readonly port: number;
  /** Takes no new connection and ends when the open requests have been answered, or after the given time. */
  close(graceMs: number): Promise<void>;
}

/** Listens on the address; port 0 takes a free one. A request that cannot be served gets an empty 500. */
export async function listen(
  host: string,
  port: number,
  log: HostLog,
  serve: Serve,
): Promise<Listener> {
  let isClosing = false;
  const server = createServer((request, response) => {
    // Else a kept-alive connection would hold up the end until it times out.
    response.once('close', () => {
      if (isClosing) setImmediate(() => server.closeIdleConnections());
    });
    serve(request, response).catch((error: unknown) => {
      // A caller who went away in the middle is no news.
      if (request.socket.destroyed) return;
      log.write('error', `${request.method} could not be served: ${toError(error).stack}`);
      if (!response.headersSent) response.statusCode = 500;
      response.end();
    });
  });
  // An export's answer may take as long as the function; the platform's own limit is 230 seconds.
  server.requestTimeout = 0;
  // As long as the real host's server (Kestrel) keeps a connection; Node's five seconds cut callers off who pause.
  server.keepAliveTimeout = 130_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: portOf(server),
    close: (graceMs) => {
      isClosing = true;
      return close(server, graceMs);
    },
  };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string')
    throw new TypeError('The server has no port.');
  return address.port;
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(force);
}
