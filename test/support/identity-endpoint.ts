import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A stand-in for App Service's managed identity endpoint (`api-version=2019-08-01`). */
export interface IdentityEndpoint extends AsyncDisposable {
  /** What App Service sets for the app: IDENTITY_ENDPOINT and IDENTITY_HEADER. */
  readonly settings: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string };
  /** The resources that tokens were handed out for, in order. */
  readonly issued: readonly string[];
  /** Puts the settings into this process until the endpoint stops. */
  install(): void;
  stop(): Promise<void>;
}

/** Hands out unsigned tokens in the shape that Azurite's `--oauth basic` takes. */
export async function startIdentityEndpoint(): Promise<IdentityEndpoint> {
  const secret = randomUUID();
  const issued: string[] = [];
  const server = createServer((request, response) => answer(request, response, secret, issued));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const settings = {
    IDENTITY_ENDPOINT: `http://127.0.0.1:${portOf(server.address())}/msi/token`,
    IDENTITY_HEADER: secret,
  };
  let restore = () => {};
  const stop = async () => {
    restore();
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  const install = () => {
    restore = setEnvironment(settings);
  };
  return { settings, issued, install, stop, [Symbol.asyncDispose]: stop };
}

const tokenLifeSeconds = 24 * 60 * 60;

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  secret: string,
  issued: string[],
): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const resource = searchParams.get('resource');
  const right =
    request.method === 'GET' &&
    pathname === '/msi/token' &&
    searchParams.get('api-version') === '2019-08-01' &&
    request.headers['x-identity-header'] === secret &&
    resource !== null;
  if (right) issued.push(resource);
  send(response, right ? 200 : 400, right ? tokenAnswer(resource) : { error: 'invalid_request' });
}

function tokenAnswer(resource: string) {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const expiresSeconds = nowSeconds + tokenLifeSeconds;
  return {
    access_token: unsignedToken({
      aud: resource.replace(/\/$/, ''),
      iss: 'https://sts.windows.net/00000000-0000-4000-8000-000000000001/',
      oid: '00000000-0000-4000-8000-000000000002',
      tid: '00000000-0000-4000-8000-000000000001',
      iat: nowSeconds,
      nbf: nowSeconds,
      exp: expiresSeconds,
    }),
    expires_on: String(expiresSeconds),
    resource,
    token_type: 'Bearer',
  };
}

function unsignedToken(claims: Readonly<Record<string, unknown>>): string {
  const parts = [{ alg: 'none', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return `${parts.join('.')}.unsigned`;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new TypeError('No port was opened.');
  return address.port;
}

function setEnvironment(settings: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, settings);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
