import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { azuriteAccount } from '../../support/azurite.ts';

/** Stands before the emulator's table service and can lose an answer after the work was done. */
export interface LossyProxy extends AsyncDisposable {
  /** With the account in the path. */
  readonly url: string;
  /** The next request of this method is carried out, and its connection cut instead of answered. */
  loseNextAnswer(method: string): void;
  /** How many answers were lost. */
  lost(): number;
}

export async function startLossyProxy(targetPort: number): Promise<LossyProxy> {
  let methodToLose: string | undefined;
  let lost = 0;
  const server = createServer((incoming, outgoing) => {
    void forward(incoming, outgoing, targetPort, () => {
      if (methodToLose !== incoming.method) return false;
      methodToLose = undefined;
      lost++;
      return true;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${azuriteAccount}`,
    loseNextAnswer: (method) => {
      methodToLose = method;
    },
    lost: () => lost,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  port: number,
  isToLose: () => boolean,
): Promise<void> {
  const { method, url, headers } = incoming;
  const body = await buffer(incoming);
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers });
  onward.end(body);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  const answerBody = await buffer(answer);
  if (isToLose()) {
    incoming.socket.destroy();
    return;
  }
  outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
  outgoing.end(answerBody);
}
