import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Stands before the table service and lets one of its tables be away while the others answer. */
export interface TableProxy extends AsyncDisposable {
  /** To be used in place of the service's own, with the account in the path. */
  readonly tableUrl: string;
  /** The table that answers 503 from now on; undefined ends the outage. */
  away: string | undefined;
}

/** Starts a proxy for this table service on a free port of 127.0.0.1. */
export async function startTableProxy(tableUrl: string): Promise<TableProxy> {
  const target = new URL(tableUrl);
  const server = createServer((incoming, response) => {
    forward(proxy, target, incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy: TableProxy = {
    tableUrl: `http://127.0.0.1:${port}${target.pathname}`,
    away: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

async function forward(
  { away }: TableProxy,
  target: URL,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await buffer(incoming);
  if (away !== undefined && speaksOf(away, incoming, body)) {
    response.writeHead(503, { 'retry-after': '1' }).end();
    return;
  }
  const { method, url: path, headers } = incoming;
  const options = { host: target.hostname, port: target.port, method, path, headers };
  const outgoing = request(options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  outgoing.end(body);
}

/** A transaction names its table in the body, everything else in the path. */
function speaksOf(table: string, { url = '' }: IncomingMessage, body: Buffer): boolean {
  const name = new RegExp(`/${table}[(?]|'${table}'`);
  return name.test(url) || (url.includes('$batch') && name.test(body.toString('latin1')));
}
