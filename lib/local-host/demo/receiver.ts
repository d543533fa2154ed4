import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { pick, tryParseJson } from '../json.ts';
import { DemoError } from './demo-error.ts';

/** A webhook as it came in. */
export interface ReceivedWebhook {
  readonly headers: Readonly<Record<string, string>>;
  /** The raw text, which is what was signed. */
  readonly body: string;
}

/** The customer's end of a webhook, on a free port of this machine. */
export interface Receiver {
  readonly url: string;
  /** The first webhook for which this is true, also one that came earlier. */
  find(
    wanted: (webhook: ReceivedWebhook) => boolean,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ReceivedWebhook>;
  stop(): Promise<void>;
}

const bodyBytesMax = 64 * 1_024;

/** Echoes a challenge, which is the owner's consent; takes everything else with 204 and keeps it. */
export async function startReceiver(): Promise<Receiver> {
  const received: ReceivedWebhook[] = [];
  const arrivals = new EventTarget();
  const server = createServer((request, response) => {
    readWebhook(request).then(
      (webhook) => {
        const challenge = pick(tryParseJson(webhook.body), 'challenge');
        if (typeof challenge === 'string') {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ challenge }));
          return;
        }
        response.writeHead(204).end();
        received.push(webhook);
        arrivals.dispatchEvent(new Event('arrival'));
      },
      () => response.writeHead(413).end(),
    );
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/sluice`,
    find: (wanted, timeoutMs, signal) => find({ received, arrivals }, wanted, timeoutMs, signal),
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new TypeError('The server has no port.');
  return address.port;
}

async function readWebhook(request: IncomingMessage): Promise<ReceivedWebhook> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('The request was decoded already.');
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new DemoError('A webhook is larger than it may be.');
    chunks.push(chunk);
  }
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return { headers: Object.fromEntries(headers), body: Buffer.concat(chunks).toString() };
}

interface Inbox {
  readonly received: readonly ReceivedWebhook[];
  readonly arrivals: EventTarget;
}

async function find(
  { received, arrivals }: Inbox,
  wanted: (webhook: ReceivedWebhook) => boolean,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ReceivedWebhook> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  // Ends with the webhook, the deadline, or the caller's signal.
  for (;;) {
    const match = received.find(wanted);
    if (match !== undefined) return match;
    try {
      await once(arrivals, 'arrival', { signal: deadline });
    } catch (cause) {
      signal.throwIfAborted();
      const others = `${received.length} others came`;
      throw new DemoError(`The webhook did not come within ${timeoutMs / 1_000} s; ${others}.`, {
        cause,
      });
    }
  }
}
