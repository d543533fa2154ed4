import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import {
  basicHeaders,
  isSigningSecret,
  lakesideHeaders,
  newSigningSecret,
  signatureHeaders,
} from '../../../lib/core/webhooks/signature.ts';

const body = '{"type":"export.completed","tables":["Bestellungen","größe"]}';
const webhookId = 'msg_0123456789abcdef';

describe('S22 the Standard Webhooks signature', () => {
  test('is accepted by the reference library, over the raw body', () => {
    const secret = newSigningSecret();
    const headers = signatureHeaders({ webhookId, at: new Date(), body, secrets: [secret] });
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  });

  test('is the one that the reference library makes', () => {
    const secret = newSigningSecret();
    const at = new Date('2026-11-20T10:00:00.789Z');
    expect(signatureHeaders({ webhookId, at, body, secrets: [secret] })).toEqual({
      'webhook-id': webhookId,
      'webhook-timestamp': '1795168800',
      'webhook-signature': new Webhook(secret).sign(webhookId, at, body),
    });
  });

  test('holds the published vector of the reference implementations', () => {
    const headers = signatureHeaders({
      webhookId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      at: new Date(1_614_265_330_000),
      body: '{"test": 2432232314}',
      secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    });
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  test('with two secrets is accepted by holders of either, and of no third one', () => {
    const [before, after, other] = [newSigningSecret(), newSigningSecret(), newSigningSecret()];
    const at = new Date();
    const headers = signatureHeaders({ webhookId, at, body, secrets: [after, before] });
    expect(new Webhook(before).verify(body, headers)).toEqual(JSON.parse(body));
    expect(new Webhook(after).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(other).verify(body, headers)).toThrow('No matching signature');
  });

  test('no longer fits when any single byte of the body is flipped', () => {
    const secret = newSigningSecret();
    const headers = signatureHeaders({ webhookId, at: new Date(), body, secrets: [secret] });
    const verifier = new Webhook(secret);
    const bytes = Buffer.from(body);
    for (let index = 0; index < bytes.length; index++) {
      const flipped = Buffer.from(bytes);
      flipped[index] = (flipped[index] ?? 0) ^ 1;
      expect(() => verifier.verify(flipped, headers)).toThrow('No matching signature');
    }
  });

  test('covers the id and the time', () => {
    const secret = newSigningSecret();
    const headers = signatureHeaders({ webhookId, at: new Date(), body, secrets: [secret] });
    const later = String(Number(headers['webhook-timestamp']) + 1);
    const verifier = new Webhook(secret);
    for (const forged of [{ 'webhook-id': 'msg_other' }, { 'webhook-timestamp': later }]) {
      expect(() => verifier.verify(body, { ...headers, ...forged })).toThrow('No matching');
    }
  });

  test('of an old attempt is refused by the receiver', () => {
    const secret = newSigningSecret();
    const at = new Date(Date.now() - 6 * 60_000);
    const headers = signatureHeaders({ webhookId, at, body, secrets: [secret] });
    expect(() => new Webhook(secret).verify(body, headers)).toThrow('too old');
  });

  test('is never made with an ambiguous id or without a real secret', () => {
    const at = new Date();
    const secrets = [newSigningSecret()];
    const make = (change: object) => () =>
      signatureHeaders({ webhookId, at, body, secrets, ...change });
    expect(make({ webhookId: 'msg_a.b' })).toThrow(TypeError);
    expect(make({ secrets: [] })).toThrow(TypeError);
    expect(make({ secrets: ['whsec_'] })).toThrow(TypeError);
  });
});

describe('a signing secret', () => {
  test('of ours is whsec_ and 32 random bytes, never twice the same', () => {
    const secrets = new Set(Array.from({ length: 1000 }, newSigningSecret));
    expect(secrets.size).toBe(1000);
    for (const secret of secrets) {
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect(isSigningSecret(secret)).toBe(true);
    }
  });

  test.each([
    ['whsec_', false],
    [`whsec_${Buffer.alloc(23, 1).toString('base64')}`, false],
    [`whsec_${Buffer.alloc(24, 1).toString('base64')}`, true],
    [`whsec_${Buffer.alloc(64, 1).toString('base64')}`, true],
    [`whsec_${Buffer.alloc(65, 1).toString('base64')}`, false],
    [Buffer.alloc(32, 1).toString('base64'), false],
    [`whsec_${Buffer.alloc(32, 1).toString('base64url')}`, false],
    [`whsec_ ${Buffer.alloc(32, 1).toString('base64')}`, false],
    [`whsec_${Buffer.alloc(32, 1).toString('base64')}\n`, false],
  ])('that is brought as %j counts: %j', (secret, expected) => {
    expect(isSigningSecret(secret)).toBe(expected);
  });
});

describe('X5 other proofs beside the signature', () => {
  test("Lakeside's header is base64 of HMAC-SHA-256 over the raw body", () => {
    // Made with: printf '%s' '{"invocationId":"1"}' | openssl dgst -sha256 -hmac <secret> -binary | base64
    expect(lakesideHeaders('a-secret-of-lakeside-2026', '{"invocationId":"1"}')).toEqual({
      'x-lakeside-hmac-sha256': 'HpUVxKmTlLKgVCbzc8ihIIxqMTUiLPiZCUfNRRjWPAo=',
    });
  });

  test('RFC 4231 test case 2 holds for it', () => {
    const mac = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    expect(lakesideHeaders('Jefe', 'what do ya want for nothing?')).toEqual({
      'x-lakeside-hmac-sha256': Buffer.from(mac, 'hex').toString('base64'),
    });
  });

  test('the Basic header is that of RFC 7617, in UTF-8', () => {
    expect(basicHeaders('Aladdin', 'open sesame')).toEqual({
      authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    });
    expect(basicHeaders('test', '123£')).toEqual({ authorization: 'Basic dGVzdDoxMjPCow==' });
  });
});
