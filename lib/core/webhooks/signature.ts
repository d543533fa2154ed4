import { createHmac, randomBytes } from 'node:crypto';

const secretPrefix = 'whsec_';
const keyBytesMin = 24;
const keyBytesMax = 64;

/** A new signing secret: `whsec_` and 32 random bytes in base64. */
export function newSigningSecret(): string {
  return secretPrefix + randomBytes(32).toString('base64');
}

/** True for `whsec_` and the padded base64 of 24 to 64 bytes. */
export function isSigningSecret(secret: string): boolean {
  return keyOf(secret) !== undefined;
}

export interface MessageToSign {
  readonly webhookId: string;
  /** The time of the attempt, not of the event. */
  readonly at: Date;
  /** The exact text that is sent. */
  readonly body: string;
  /** More than one while a secret is being changed; the receiver accepts any match. */
  readonly secrets: readonly string[];
}

/** The three headers of Standard Webhooks; throws TypeError for an id or secret that cannot be signed. */
export function signatureHeaders(message: MessageToSign): Readonly<Record<string, string>> {
  const { webhookId, at, body, secrets } = message;
  // The parts of the signed text are joined by full stops; a full stop in the id would make two
  // different messages look the same.
  if (!/^[A-Za-z0-9_-]+$/.test(webhookId)) throw new TypeError('"webhookId" has a bad character');
  if (secrets.length === 0) throw new TypeError('"secrets" is empty');
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signed = `${webhookId}.${timestamp}.${body}`;
  return {
    'webhook-id': webhookId,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${sign(secret, signed)}`).join(' '),
  };
}

/** Lakeside's `x-lakeside-hmac-sha256`: base64 of HMAC-SHA-256 over the raw body. */
export function lakesideHeaders(secret: string, body: string): Readonly<Record<string, string>> {
  return { 'x-lakeside-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64') };
}

/** RFC 7617, UTF-8. */
export function basicHeaders(username: string, password: string): Readonly<Record<string, string>> {
  const credentials = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  return { authorization: `Basic ${credentials}` };
}

/** RFC 6750. */
export function bearerHeaders(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}

function sign(secret: string, text: string): string {
  const key = keyOf(secret);
  if (key === undefined) throw new TypeError('"secrets" holds something that is no signing secret');
  return createHmac('sha256', key).update(text).digest('base64');
}

function keyOf(secret: string): Buffer | undefined {
  if (!secret.startsWith(secretPrefix)) return undefined;
  const text = secret.slice(secretPrefix.length);
  const key = Buffer.from(text, 'base64');
  // Node skips what is not base64; only the canonical text means the same to every receiver.
  if (key.toString('base64') !== text) return undefined;
  return key.length >= keyBytesMin && key.length <= keyBytesMax ? key : undefined;
}
