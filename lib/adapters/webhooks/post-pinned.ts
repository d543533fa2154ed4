import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { OutboundError } from '../../core/webhooks/delivery-error.ts';
import type { Destination } from './find-destination.ts';
import { pinnedLookup } from './pinned-lookup.ts';
import { firstBytesOf, readRawAnswer } from './raw-answer.ts';

export interface PinnedPost {
  readonly destination: Destination;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly secureContext: SecureContext;
  readonly limits: PostLimits;
}

export interface PostLimits {
  /** For TCP and TLS together. */
  readonly connectTimeoutMs: number;
  /** What is read of the answer's body before the connection is cut. */
  readonly answerBytesMax: number;
  /** Of the answer's headers; of more only the status is read. */
  readonly headerBytesMax: number;
}

export type PostAnswer =
  | {
      readonly status: number;
      readonly retryAfter?: string | undefined;
      /** What was read of the body; it may end anywhere. Absent: nobody can say where it begins or ends. */
      readonly body?: Buffer;
    }
  | { readonly error: OutboundError; readonly cause: string };

/**
 * One POST on a connection of its own to one of the destination's addresses. The status line
 * decides: header and body are read within their limits, whatever becomes of them.
 */
export async function postPinned(post: PinnedPost, signal: AbortSignal): Promise<PostAnswer> {
  const agent = newAgent(post);
  const request = newRequest(post, agent, signal);
  const connection = followConnection(request, post);
  try {
    const response = await responseTo(request, post.body);
    const { statusCode = 0, headers } = response;
    const body = await readAtMost(response, post.limits.answerBytesMax);
    return { status: statusCode, retryAfter: headers['retry-after'], body };
  } catch (error) {
    const bytes = connection.firstBytes();
    const raw = connection.phase === 'open' ? readRawAnswer(bytes) : undefined;
    if (raw !== undefined) return raw;
    return { error: classify(error, connection, signal), cause: codeOf(error) };
  } finally {
    clearTimeout(connection.timer);
    request.destroy();
    agent.destroy();
  }
}

/** A fresh agent each time: no connection, session or proxy setting is shared between tenants. */
function newAgent({ destination, secureContext }: PinnedPost): HttpAgent {
  const { hostname, protocol } = destination.url;
  // One address gets as long as the connection may take; of several each gets a second.
  const connect = {
    keepAlive: false,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 1000,
  };
  if (protocol === 'http:') return new HttpAgent(connect);
  // SNI and the certificate's name are the URL's host, though the address was chosen by us.
  const servername = isIP(bareHost(hostname)) === 0 ? hostname : '';
  return new HttpsAgent({ ...connect, secureContext, servername, rejectUnauthorized: true });
}

function newRequest(
  { destination, headers, limits }: PinnedPost,
  agent: HttpAgent,
  signal: AbortSignal,
): ClientRequest {
  const { url, addresses } = destination;
  const options: RequestOptions = {
    method: 'POST',
    protocol: url.protocol,
    hostname: bareHost(url.hostname),
    port: url.port,
    path: url.pathname + url.search,
    headers,
    agent,
    signal,
    lookup: pinnedLookup(addresses),
    maxHeaderSize: limits.headerBytesMax,
  };
  return url.protocol === 'http:' ? httpRequest(options) : httpsRequest(options);
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

interface Connection {
  phase: 'connecting' | 'securing' | 'open' | 'astray';
  readonly timer: NodeJS.Timeout;
  firstBytes: () => Buffer;
}

/** Knows how far the connection has come, and ends it when that takes too long or leads astray. */
function followConnection(request: ClientRequest, { destination, limits }: PinnedPost): Connection {
  const tooLate = Object.assign(new Error('connecting took too long'), { code: 'ETIMEDOUT' });
  const timer = setTimeout(() => request.destroy(tooLate), limits.connectTimeoutMs);
  const firstBytes = () => Buffer.alloc(0);
  const connection: Connection = { phase: 'connecting', timer, firstBytes };
  request.once('socket', (socket) => {
    connection.firstBytes = firstBytesOf(socket, limits.headerBytesMax);
    socket.once('connect', () => {
      if (isAstray(socket, destination)) {
        connection.phase = 'astray';
        request.destroy(new Error('connected to an unchecked address'));
        return;
      }
      connection.phase = 'securing';
      if (destination.url.protocol === 'http:') arrive(connection);
    });
    socket.once('secureConnect', () => arrive(connection));
  });
  return connection;
}

function arrive(connection: Connection): void {
  connection.phase = 'open';
  clearTimeout(connection.timer);
}

/** The second barrier: whoever chose the address, only a checked one is talked to. */
function isAstray({ remoteAddress = '' }: Socket, { addresses }: Destination): boolean {
  return !addresses.includes(remoteAddress);
}

function responseTo(request: ClientRequest, body: Buffer): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once('response', resolve);
  // Stays on: a request that is destroyed after its answer may still report an error.
  request.on('error', reject);
  request.once('close', () => reject(new Error('closed without an answer')));
  request.end(body);
  return promise;
}

async function readAtMost(response: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes >= bytesMax) break;
    }
  } catch {
    // The status is known, so how the body ended does not matter any more.
  }
  return Buffer.concat(chunks).subarray(0, bytesMax);
}

function classify(
  error: unknown,
  { phase, firstBytes }: Connection,
  signal: AbortSignal,
): Exclude<OutboundError, 'dns_failure' | 'http_status'> {
  const code = codeOf(error);
  if (signal.aborted || code === 'ETIMEDOUT') return 'timeout';
  if (phase === 'astray') return 'blocked_destination';
  if (phase === 'open' && firstBytes().length > 0) return 'unreadable_answer';
  return phase === 'securing' || code.startsWith('ERR_SSL_') ? 'tls_failure' : 'connect_failure';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
