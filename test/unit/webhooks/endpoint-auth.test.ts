import { describe, expect, test } from 'vitest';
import type { EndpointAuthInput } from '../../../lib/core/webhooks/auth-input.ts';
import { headerNameMistake } from '../../../lib/core/webhooks/custom-headers.ts';
import type { OutboundRequest } from '../../../lib/core/webhooks/outbound.ts';
import { sampleSigningSecret as secret } from '../../support/webhook-samples.ts';
import { consenting, type Receive, service, url } from './service-scene.ts';

const tokenUrl = 'https://login.example.com/token';
const oauth2 = {
  kind: 'oauth2',
  tokenUrl,
  clientId: 'sluice:1',
  clientSecret: 'se cret+1',
} as const;
const oauth2Input = { ...oauth2, clientSecret: 'secret+1' } as const;

/** An authorization server that counts its tokens, beside a receiver that consents. */
const withTokens = (tokens: { count: number; seconds?: number }): Receive => {
  return (request, challenge) => {
    if (request.url !== tokenUrl) return consenting(request, challenge);
    tokens.count += 1;
    const answer = {
      access_token: `token-${tokens.count}`,
      token_type: 'Bearer',
      expires_in: tokens.seconds ?? 1000,
    };
    return { ok: true, status: 200, answer: JSON.stringify(answer) };
  };
};

const proofOf = ({ headers }: OutboundRequest) => headers['authorization'];

describe('S21 headers that a customer may not set', () => {
  const refused =
    `Host host Connection Keep-Alive Proxy-Authorization TE Trailer Transfer-Encoding Upgrade
    Content-Type content-length CONTENT-ENCODING Webhook-Id webhook-signature webhook-anything
    Authorization Cookie X-IDENTITY-HEADER x-identity-header Metadata metadata secret SECRET
    Metadata-Flavor X-aws-ec2-metadata-token x-ms-client-principal X-Forwarded-For Forwarded Via
    User-Agent Accept-Encoding x-lakeside-hmac-sha256 Expect`
      .trim()
      .split(/\s+/);
  const malformed = ['', ' x', 'x y', 'x:', 'x\r\ny', 'x\0', 'é', '__proto__', 'a'.repeat(65)];

  test.each([...refused, ...malformed])('%j', async (name) => {
    const { create, endpoints } = service();
    const auth = { kind: 'headers', headers: [{ name, value: 'v' }] } as const;
    await expect(create('acme', 'key:k1', { url, secret, auth })).rejects.toMatchObject({
      code: 'invalid_body',
      mistakes: [{ pointer: '/auth/headers/0/name' }],
    });
    expect(await endpoints.list('acme')).toEqual([]);
  });

  test.each(['', ' v', 'v ', 'a\r\nX-Evil: 1', 'a\nb', 'a\0', 'é', 'v'.repeat(1025)])(
    'nor the value %j',
    async (value) => {
      const { create } = service();
      const auth = { kind: 'headers', headers: [{ name: 'x-key', value }] } as const;
      const thrown = await create('acme', 'key:k1', { url, secret, auth }).catch(
        (error: unknown) => error,
      );
      expect(thrown).toMatchObject({ mistakes: [{ pointer: '/auth/headers/0/value' }] });
    },
  );

  test('nor more than ten, none, or one twice', async () => {
    const { create } = service();
    const many = Array.from({ length: 11 }, (_, index) => ({ name: `x-${index}`, value: 'v' }));
    const twice = ['X-Key', 'x-key'].map((name) => ({ name, value: 'v' }));
    for (const headers of [many, [], twice]) {
      const auth = { kind: 'headers', headers } as const;
      await expect(create('acme', 'key:k1', { url, secret, auth })).rejects.toMatchObject({
        code: 'invalid_body',
      });
    }
  });

  test('but what remains can be set', () => {
    const names = ['X-Api-Key', 'x-functions-key', 'systrack-api-key', 'X_Token', 'apikey'];
    expect(names.map(headerNameMistake)).toEqual(names.map(() => undefined));
  });
});

describe('X5 proofs beside the signature', () => {
  const kinds: readonly (readonly [EndpointAuthInput, Readonly<Record<string, string>>, object])[] =
    [
      [{ kind: 'bearer', token: 'static-token' }, { authorization: 'Bearer static-token' }, {}],
      [
        {
          kind: 'headers',
          headers: [
            { name: 'X-Api-Key', value: 'k 1' },
            { name: 'x-b', value: '2' },
          ],
        },
        { 'x-api-key': 'k 1', 'x-b': '2' },
        { names: ['x-api-key', 'x-b'] },
      ],
      [
        { kind: 'basic', username: 'u', password: 'p' },
        { authorization: 'Basic dTpw' },
        { username: 'u' },
      ],
    ];
  test.each(kinds)('%o', async (auth, headers, kept) => {
    const { create, posts } = service();
    const { endpoint } = await create('acme', 'key:k1', { url, secret, auth });
    expect(endpoint.auth).toEqual({ kind: auth.kind, ...kept });
    expect(posts[0]?.headers).toMatchObject({
      ...headers,
      'webhook-signature': expect.stringMatching(/^v1,/),
    });
  });

  test('a secret that is neither sent nor kept is missed', async () => {
    const { create } = service();
    for (const [auth, pointer] of [
      [{ kind: 'basic', username: 'u' }, '/auth/password'],
      [{ kind: 'bearer' }, '/auth/token'],
      [{ kind: 'lakeside' }, '/auth/secret'],
      [{ kind: 'headers', headers: [{ name: 'x-key' }] }, '/auth/headers/0/value'],
      [{ kind: 'oauth2', tokenUrl, clientId: 'c' }, '/auth/clientSecret'],
    ] as const) {
      await expect(create('acme', 'key:k1', { url, secret, auth })).rejects.toMatchObject({
        mistakes: [{ pointer }],
      });
    }
  });
});

describe('X5 OAuth 2 client credentials', () => {
  test('the client’s id and secret go form-encoded into the header, or into the form', async () => {
    const { create, posts, world } = service();
    world.receive = withTokens({ count: 0 });
    await create('acme', 'key:k1', {
      url,
      secret,
      auth: { ...oauth2Input, scope: 'a b', audience: 'api' },
    });
    expect(posts[0]).toEqual({
      url: tokenUrl,
      headers: { authorization: `Basic ${btoa('sluice%3A1:secret%2B1')}` },
      body: 'grant_type=client_credentials&scope=a+b&audience=api',
      contentType: 'application/x-www-form-urlencoded',
      readAnswer: true,
    });
    expect(posts.slice(1).map(proofOf)).toEqual(['Bearer token-1']);
    posts.length = 0;
    await create('acme', 'key:k1', { url, secret, auth: { ...oauth2Input, sendSecretIn: 'body' } });
    expect(posts[0]).toMatchObject({
      headers: {},
      body: 'grant_type=client_credentials&client_id=sluice%3A1&client_secret=secret%2B1',
    });
  });

  test('S18 the token URL obeys the rules of every address', async () => {
    const { create, endpoints } = service();
    for (const hostile of ['https://169.254.169.254/token', 'http://login.example.com/', 'x']) {
      const auth = { ...oauth2Input, tokenUrl: hostile };
      await expect(create('acme', 'key:k1', { url, secret, auth })).rejects.toMatchObject({
        code: 'webhook_url_refused',
      });
    }
    const inside = service('blocked_destination');
    await expect(
      inside.create('acme', 'key:k1', { url, secret, auth: oauth2Input }),
    ).rejects.toMatchObject({ code: 'webhook_url_refused' });
    expect(await endpoints.list('acme')).toEqual([]);
    expect(oauth2.clientSecret).toContain(' ');
    await expect(create('acme', 'key:k1', { url, secret, auth: oauth2 })).rejects.toMatchObject({
      mistakes: [{ pointer: '/auth/clientSecret' }],
    });
  });

  test('a token serves for 80 % of its life, and one tenant’s serves no other', async () => {
    const tokens = { count: 0, seconds: 1000 };
    const { create, test: sendTest, posts, world } = service();
    world.receive = withTokens(tokens);
    const { id } = (await create('acme', 'key:k1', { url, secret, auth: oauth2Input })).endpoint;
    world.nowMs += 799_000;
    await sendTest('acme', id);
    expect(tokens.count).toBe(1);
    world.nowMs += 1000;
    await sendTest('acme', id);
    expect(tokens.count).toBe(2);
    await create('other', 'key:k2', { url, secret, auth: oauth2Input });
    expect(tokens.count).toBe(3);
    expect(posts.filter((post) => post.url === url).map(proofOf)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
      'Bearer token-3',
    ]);
  });

  test('after a 401 a new token is fetched once', async () => {
    const tokens = { count: 0 };
    const { create, test: sendTest, world } = service();
    world.receive = withTokens(tokens);
    const { id } = (await create('acme', 'key:k1', { url, secret, auth: oauth2Input })).endpoint;
    const fetching = withTokens(tokens);
    const stale: Receive = (request, challenge) =>
      proofOf(request) === 'Bearer token-1'
        ? { ok: false, error: 'http_status', status: 401 }
        : fetching(request, challenge);
    world.receive = stale;
    expect((await sendTest('acme', id)).delivery).toMatchObject({ status: 'delivered' });
    expect(tokens.count).toBe(2);
    world.receive = (request, challenge) =>
      request.url === tokenUrl
        ? fetching(request, challenge)
        : { ok: false, error: 'http_status', status: 401 };
    expect((await sendTest('acme', id)).delivery).toMatchObject({
      status: 'failed',
      attempts: [{ status: 401, error: 'http_status' }],
    });
    expect(tokens.count).toBe(3);
  });

  const noTokens: readonly (readonly [string, string])[] = [
    ['no JSON', 'token'],
    ['no object', '[]'],
    ['no token', '{"token_type":"Bearer"}'],
    ['another type', '{"access_token":"t","token_type":"mac"}'],
    ['a token that breaks the header', '{"access_token":"t\\r\\nX: 1","token_type":"Bearer"}'],
    ['a life that is over', '{"access_token":"t","token_type":"Bearer","expires_in":0}'],
    ['a life that is no number', '{"access_token":"t","token_type":"Bearer","expires_in":"x"}'],
  ];
  test.each(noTokens)('%s is a token_failure, and nothing is posted', async (_name, answer) => {
    const { create, test: sendTest, world, posts } = service();
    world.receive = withTokens({ count: 0, seconds: 1 });
    const { id } = (await create('acme', 'key:k1', { url, secret, auth: oauth2Input })).endpoint;
    world.nowMs += 10_000;
    posts.length = 0;
    world.receive = () => ({ ok: true, status: 200, answer });
    expect((await sendTest('acme', id)).delivery).toMatchObject({
      status: 'failed',
      attempts: [{ error: 'token_failure' }],
    });
    expect(posts.map((post) => post.url)).toEqual([tokenUrl]);
  });
});
