import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { TLSSocket } from 'node:tls';

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The raw bytes. */
  readonly body: Buffer;
  readonly receivedAt: Date;
  /** The name that a TLS client asked for. */
  readonly servername?: string;
}

export interface ReceiverAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly delayMs?: number;
}

export interface ReceiverOptions {
  /** Default: 204 to everything. */
  readonly answer?: (request: ReceivedRequest) => ReceiverAnswer;
  /** What becomes of a challenge; default: it is given back, which is consent. */
  readonly answerChallenge?: (challenge: string) => ReceiverAnswer;
  /** PEM; makes it an HTTPS server. */
  readonly https?: { readonly cert: string; readonly key: string };
}

export interface WebhookReceiver {
  /** `http://127.0.0.1:<port>`, or https; without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Everything received so far but challenges, oldest first. */
  readonly requests: readonly ReceivedRequest[];
  /** The requests for consent, oldest first. */
  readonly challenges: readonly ReceivedRequest[];
  /** The first request, also an earlier one, for which the predicate is true; throws after `timeoutMs`. */
  next(
    predicate: (request: ReceivedRequest) => boolean,
    timeoutMs: number,
  ): Promise<ReceivedRequest>;
  stop(): Promise<void>;
}

/** Plays a customer's webhook endpoint on a free port of 127.0.0.1. */
export async function startWebhookReceiver(
  options: ReceiverOptions = {},
): Promise<WebhookReceiver> {
  const requests: ReceivedRequest[] = [];
  const challenges: ReceivedRequest[] = [];
  const arrivals = new EventTarget();
  const { answerChallenge = consent } = options;
  const listener: RequestListener = (incoming, response) => {
    receive(incoming).then(
      (request) => {
        const challenge = challengeOf(request);
        if (challenge !== undefined) {
          challenges.push(request);
          reply(response, answerChallenge(challenge));
          return;
        }
        requests.push(request);
        arrivals.dispatchEvent(new Event('arrival'));
        reply(response, options.answer?.(request) ?? { status: 204 });
      },
      // The sender broke off; there is nobody left to answer.
      () => response.destroy(),
    );
  };
  const server = createServer(listener, options);
  const port = await listen(server);
  return {
    url: `${options.https === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    requests,
    challenges,
    next: (predicate, timeoutMs) => nextOf(requests, arrivals, predicate, timeoutMs),
    stop: () => stop(server),
  };
}

function consent(challenge: string): ReceiverAnswer {
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify({ challenge }) };
}

function challengeOf({ body }: ReceivedRequest): string | undefined {
  const text = body.toString('utf8');
  if (!text.startsWith('{"type":"webhook.validation"')) return undefined;
  return (JSON.parse(text) as { readonly challenge: string }).challenge;
}

function createServer(listener: RequestListener, { https }: ReceiverOptions): Server {
  return https === undefined ? createHttpServer(listener) : createHttpsServer(https, listener);
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}

async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const receivedAt = new Date();
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers, socket } = incoming;
  const servername = socket instanceof TLSSocket ? servernameOf(socket) : undefined;
  return {
    method,
    path: url,
    headers,
    body: Buffer.concat(chunks),
    receivedAt,
    ...(servername === undefined ? {} : { servername }),
  };
}

/** Node's types leave this field of a server's socket out. */
function servernameOf(socket: TLSSocket): string | undefined {
  const { servername } = socket as TLSSocket & { readonly servername?: unknown };
  return typeof servername === 'string' ? servername : undefined;
}

function reply(response: ServerResponse, answer: ReceiverAnswer): void {
  const { status, headers = {}, body = '', delayMs = 0 } = answer;
  const send = (): void => void response.writeHead(status, headers).end(body);
  if (delayMs === 0) send();
  else setTimeout(send, delayMs).unref();
}

async function nextOf(
  requests: readonly ReceivedRequest[],
  arrivals: EventTarget,
  predicate: (request: ReceivedRequest) => boolean,
  timeoutMs: number,
): Promise<ReceivedRequest> {
  const deadline = AbortSignal.timeout(timeoutMs);
  // Ends with a match or with the deadline.
  for (;;) {
    const match = requests.find(predicate);
    if (match !== undefined) return match;
    try {
      await once(arrivals, 'arrival', { signal: deadline });
    } catch (cause) {
      const text = `no such webhook within ${timeoutMs} ms; ${requests.length} others arrived`;
      throw new Error(text, { cause });
    }
  }
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
