import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { OAuth2Auth } from './endpoint.ts';
import type { Outbound, OutboundRequest } from './outbound.ts';
import { basicHeaders } from './signature.ts';

/** Access tokens of customers' own authorization servers, kept in this process alone. */
export interface TokenSource {
  /** Undefined when the server gives none; whose fault it is stays between it and its owner. */
  get(client: OAuth2Client, signal?: AbortSignal): Promise<string | undefined>;
  /** The next `get` asks the server again. */
  forget(client: OAuth2Client): void;
}

export interface OAuth2Client {
  /** Whose token it is; no other tenant's client ever gets it. */
  readonly tenantId: string;
  readonly auth: OAuth2Auth;
  readonly secret: string;
}

export interface TokenSourceDeps {
  readonly outbound: Outbound;
  readonly clock: Clock;
}

/** RFC 6749 says nothing of a token whose life is not told; five minutes are safe. */
const lifeSecondsDefault = 300;
const lifeSecondsMax = 24 * 3600;
const keptShare = 0.8;
const keptTokensMax = 500;

interface KeptToken {
  readonly token: string;
  readonly untilMs: number;
}

/** Fetches tokens through this way out and keeps each for 80 % of its life. */
export function createTokenSource({ outbound, clock }: TokenSourceDeps): TokenSource {
  const kept = new Map<string, KeptToken>();
  return {
    async get(client, signal) {
      const found = kept.get(keyOf(client));
      const nowMs = clock().getTime();
      if (found !== undefined && nowMs < found.untilMs) return found.token;
      const fetched = await fetchToken(outbound, client, signal);
      if (fetched === undefined) return undefined;
      makeRoom(kept);
      const untilMs = nowMs + fetched.lifeSeconds * keptShare * 1000;
      kept.set(keyOf(client), { token: fetched.token, untilMs });
      return fetched.token;
    },
    forget(client) {
      kept.delete(keyOf(client));
    },
  };
}

/** A hash, so that the table of tokens holds no client's secret. */
function keyOf({ tenantId, auth, secret }: OAuth2Client): string {
  return createHash('sha256')
    .update(JSON.stringify([tenantId, auth, secret]))
    .digest('base64');
}

/** A Map keeps the order of insertion: the first one is the oldest. */
function makeRoom(kept: Map<string, KeptToken>): void {
  const [oldest] = kept.keys();
  if (kept.size >= keptTokensMax && oldest !== undefined) kept.delete(oldest);
}

async function fetchToken(outbound: Outbound, client: OAuth2Client, signal?: AbortSignal) {
  const result = await outbound.post(tokenRequest(client), signal);
  return result.ok ? readToken(result.answer ?? '') : undefined;
}

/** RFC 6749 §4.4.2; §2.3.1 wants id and secret form-encoded before they go into the header. */
function tokenRequest({ auth, secret }: OAuth2Client): OutboundRequest {
  const { tokenUrl: url, clientId, scope, audience, sendSecretIn } = auth;
  const inBody = sendSecretIn === 'body';
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
    ...(inBody ? { client_id: clientId, client_secret: secret } : {}),
  });
  return {
    url,
    headers: inBody ? {} : basicHeaders(formEncode(clientId), formEncode(secret)),
    body: form.toString(),
    contentType: 'application/x-www-form-urlencoded',
    readAnswer: true,
  };
}

function formEncode(text: string): string {
  return new URLSearchParams({ a: text }).toString().slice(2);
}

/** RFC 6749 §5.1. Only a text that fits into a header is a token. */
function readToken(answer: string): { token: string; lifeSeconds: number } | undefined {
  const value = parseObject(answer);
  const token = value['access_token'];
  const type = value['token_type'];
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,6000}$/.test(token)) return undefined;
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') return undefined;
  const seconds = Number(value['expires_in'] ?? lifeSecondsDefault);
  if (!(seconds > 0)) return undefined;
  return { token, lifeSeconds: Math.min(seconds, lifeSecondsMax) };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
