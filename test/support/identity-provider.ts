import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider, { type ProviderContext, type ProviderToken } from 'oidc-provider';

const audience = 'https://sluice.example/api';
const redirectUri = 'https://portal.example/callback';
const client = { id: 'worker', secret: randomBytes(24).toString('base64url') };

/** How the provider answers: as it should, or as one in trouble. */
export type ProviderMood = 'well' | 'error' | 'redirect' | 'slow' | 'garbage';

export interface Tokens {
  readonly accessToken: string;
  readonly idToken: string;
}

/** A real OpenID provider on this machine, with people and one machine as its clients. */
export interface IdentityProvider extends AsyncDisposable {
  readonly issuer: string;
  readonly audience: string;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  mood: ProviderMood;
  /** The person signs in with the browser's steps (authorization code with PKCE). */
  signIn(account: string, claims?: Readonly<Record<string, unknown>>): Promise<Tokens>;
  /** What the machine gets for itself (client credentials). */
  machineToken(claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** From now on new tokens are signed by a new key, and the old one is gone. */
  rotate(): Promise<void>;
}

/** Starts the provider on a free port of 127.0.0.1. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const extraClaims = new Map<string, Readonly<Record<string, unknown>>>();
  let handle = await newProvider(issuer, extraClaims);
  const asked: string[] = [];
  const provider: IdentityProvider = {
    issuer,
    audience,
    asked,
    mood: 'well',
    async signIn(account, claims = {}) {
      extraClaims.set(account, claims);
      return signIn(issuer, account);
    },
    async machineToken(claims = {}) {
      extraClaims.set(client.id, claims);
      const body = { grant_type: 'client_credentials', resource: audience, scope: 'exports' };
      return (await requestTokens(issuer, body, client.secret)).accessToken;
    },
    async rotate() {
      handle = await newProvider(issuer, extraClaims);
    },
    [Symbol.asyncDispose]: () => close(server),
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    asked.push(request.url ?? '');
    answer(provider.mood, handle, request, response);
  });
  return provider;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

async function newProvider(
  issuer: string,
  extraClaims: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Promise<Handle> {
  const lifeSeconds = 3600;
  const provider = new Provider(issuer, {
    jwks: { keys: [await newSigningKey()] },
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    clients: [
      {
        client_id: 'portal',
        token_endpoint_auth_method: 'none',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [],
        grant_types: ['client_credentials'],
        response_types: [],
      },
    ],
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: async () => true,
        getResourceServerInfo: async () => ({
          scope: 'exports',
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: lifeSeconds,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    ttl: {
      AccessToken: lifeSeconds,
      AuthorizationCode: 60,
      ClientCredentials: lifeSeconds,
      Grant: lifeSeconds,
      IdToken: lifeSeconds,
      Interaction: lifeSeconds,
      Session: lifeSeconds,
    },
    findAccount: async (_: unknown, accountId: string) => ({
      accountId,
      claims: async () => ({ sub: accountId }),
    }),
    extraTokenClaims: async (context: ProviderContext, token: ProviderToken) => ({
      // This provider leaves both out of its own accord.
      nbf: Math.floor(Date.now() / 1000),
      auth_time: context.oidc.entities.AuthorizationCode?.authTime,
      ...extraClaims.get(token.accountId ?? token.clientId ?? ''),
    }),
  });
  return provider.callback();
}

async function newSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = randomBytes(8).toString('hex');
  return { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' };
}

function answer(
  mood: ProviderMood,
  handle: Handle,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  switch (mood) {
    case 'well':
      handle(request, response);
      return;
    case 'error':
      response.writeHead(500).end('{"keys":[]}');
      return;
    case 'redirect':
      response.writeHead(302, { location: `/elsewhere${request.url ?? ''}` }).end();
      return;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"keys":');
      return;
    case 'slow':
      // It takes the request and never answers; the caller must give up.
      return;
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  if (server.listening) await once(server, 'close');
}

/** What a browser does: follows redirects, keeps cookies and sends the two forms. */
async function signIn(issuer: string, account: string): Promise<Tokens> {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: 'portal',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid exports',
    resource: audience,
    nonce: randomBytes(8).toString('hex'),
    state: 'state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const callback = await browse(`${issuer}/auth?${query}`, [
    { prompt: 'login', login: account, password: 'anything' },
    { prompt: 'consent' },
  ]);
  const code = callback.searchParams.get('code');
  if (code === null) throw new Error(`The provider gave no code: ${callback.search}`);
  return requestTokens(issuer, {
    grant_type: 'authorization_code',
    client_id: 'portal',
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
  });
}

/** Follows the provider's pages, sending one form at each, until it goes back to the portal. */
async function browse(start: string, forms: Record<string, string>[]): Promise<URL> {
  const cookies = new Map<string, string>();
  const pending = [...forms];
  let [url, form]: [URL, Record<string, string> | undefined] = [new URL(start), undefined];
  for (let step = 0; step < 20; step++) {
    const response = await visit(url, cookies, form);
    form = undefined;
    const location = response.headers.get('location');
    if (location === null) {
      form = pending.shift();
      if (form === undefined) throw new Error(`${url.pathname} answered ${await response.text()}`);
      continue;
    }
    url = new URL(location, url);
    if (url.href.startsWith(redirectUri)) return url;
  }
  throw new Error('The sign-in took too many steps.');
}

async function visit(
  url: URL,
  cookies: Map<string, string>,
  form: Record<string, string> | undefined,
): Promise<Response> {
  const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
  const response = await fetch(url, {
    redirect: 'manual',
    headers: { cookie },
    ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
  });
  for (const text of response.headers.getSetCookie()) {
    const [name = '', value = ''] = (text.split(';')[0] ?? '').split('=');
    if (value === '') cookies.delete(name);
    else cookies.set(name, value);
  }
  return response;
}

async function requestTokens(
  issuer: string,
  body: Record<string, string>,
  secret?: string,
): Promise<Tokens> {
  const basic = Buffer.from(`${client.id}:${secret}`).toString('base64');
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: secret === undefined ? {} : { authorization: `Basic ${basic}` },
    body: new URLSearchParams(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The provider gave no token: ${text}`);
  const { access_token: accessToken, id_token: idToken = '' } = JSON.parse(text) as {
    readonly access_token: string;
    readonly id_token?: string;
  };
  return { accessToken, idToken };
}
