import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import {
  type Certificates,
  createCertificates,
  trustAuthority,
} from '../../support/certificates.ts';
import { refusal, type StoredSecret, type VaultReply, VaultShelf } from './vault-shelf.ts';

/** Speaks as much of Key Vault's REST as Sluice uses of secrets, over HTTPS, with its challenge. */
export interface FakeVault extends AsyncDisposable {
  readonly url: string;
  /** Sets a secret: a new version, which is then the current one. */
  set(name: string, value: string, facts?: Partial<StoredSecret>): void;
  /** Makes the secret be missing, as if it had never been. */
  remove(name: string): void;
  /** Deletes the secret as a person would: it can be recovered, and its name is taken. */
  softDelete(name: string): void;
  isDeleted(name: string): boolean;
  /** All versions, the oldest first; also of a deleted secret. */
  versions(name: string): readonly StoredSecret[];
  /** Answers with this instead, or with secrets again. `hang`: takes the request and says nothing. */
  behave(trouble: Trouble | undefined): void;
  /** Requests for secrets that carried the right token. */
  reads(): number;
  /** Requests that set a secret, in order, by name; refused ones too. */
  writes(): readonly string[];
  /** Requests that carried no token, or another one. */
  challenges(): number;
}

export type Trouble =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfterSeconds?: number;
      readonly times?: number;
      /** Only requests of this method; absent: all. */
      readonly method?: string;
      /** Only requests for paths that begin so; absent: all. */
      readonly path?: string;
      /** In the words of the service. */
      readonly message?: string;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut' };

export const vaultToken = 'the-token-of-the-vault';

/** Makes the certificate that fake vaults serve with; this thread trusts it from then on. */
export async function trustedCertificate(): Promise<Pick<Certificates, 'cert' | 'key'>> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-vault-'));
  try {
    const { ca, cert, key } = await createCertificates(home);
    trustAuthority(ca);
    return { cert, key };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** `clock` dates what is set and deleted. */
export async function startFakeVault(
  certificate: Pick<Certificates, 'cert' | 'key'>,
  clock: () => Date = () => new Date(),
): Promise<FakeVault> {
  const shelf = new VaultShelf(() => url());
  const written: string[] = [];
  let trouble: Trouble | undefined;
  let reads = 0;
  let challenges = 0;

  const server = createServer(certificate, async (request, response) => {
    if (request.headers.authorization !== `Bearer ${vaultToken}`) {
      challenges++;
      return challenge(response);
    }
    if (request.method === 'GET') reads++;
    if (request.method === 'PUT') written.push(nameIn(request, 'secrets') ?? '');
    if (trouble !== undefined && concerns(trouble, request)) {
      const present = trouble;
      trouble = afterOnce(trouble);
      return misbehave(present, request, response);
    }
    return answer(response, await serve(shelf, request, clock));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = () => `https://127.0.0.1:${port}`;
  return {
    url: url(),
    set: (name, value, facts = {}) =>
      shelf.put(name, { value, enabled: true, createdAt: clock(), ...facts }),
    remove: (name) => shelf.purge(name),
    softDelete: (name) => void shelf.delete(name, clock()),
    isDeleted: (name) => shelf.isDeleted(name),
    versions: (name) => shelf.versions(name),
    behave: (next) => {
      trouble = next;
    },
    reads: () => reads,
    writes: () => written,
    challenges: () => challenges,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(
  shelf: VaultShelf,
  request: IncomingMessage,
  clock: () => Date,
): Promise<VaultReply> {
  const { method } = request;
  const [name, deleted, recovered] = [
    nameIn(request, 'secrets'),
    nameIn(request, 'deletedsecrets'),
    nameIn(request, 'deletedsecrets', '/recover'),
  ];
  const isVersioned = urlOf(request).searchParams.has('api-version');
  if (isVersioned && name !== undefined && method === 'GET') return shelf.read(name);
  if (isVersioned && name !== undefined && method === 'PUT') {
    return shelf.set(name, await readSecret(request, clock()));
  }
  if (isVersioned && deleted !== undefined && method === 'GET') return shelf.readDeleted(deleted);
  if (isVersioned && recovered !== undefined && method === 'POST') return shelf.recover(recovered);
  return refusal(400, 'BadParameter', 'The fake vault does not know this request.');
}

async function readSecret(request: IncomingMessage, createdAt: Date): Promise<StoredSecret> {
  const body = (await json(request)) as Pick<StoredSecret, 'value' | 'contentType' | 'tags'>;
  const { value, contentType, tags } = body;
  return {
    value,
    enabled: true,
    createdAt,
    ...(contentType === undefined ? {} : { contentType }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '', 'https://vault');
}

function nameIn(request: IncomingMessage, collection: string, end = ''): string | undefined {
  const { pathname } = urlOf(request);
  return new RegExp(`^/${collection}/([^/]+)${end}/?$`).exec(pathname)?.[1];
}

function challenge(response: ServerResponse): void {
  const authorization = 'https://login.windows.net/00000000-0000-0000-0000-000000000001';
  const resource = 'https://vault.azure.net';
  const told = `Bearer authorization="${authorization}", resource="${resource}"`;
  response.setHeader('WWW-Authenticate', told);
  answer(response, refusal(401, 'Unauthorized', 'Unauthorized of the fake vault.'));
}

function concerns(trouble: Trouble, request: IncomingMessage): boolean {
  if (trouble.kind !== 'status') return true;
  const { method = request.method, path = '/' } = trouble;
  return method === request.method && urlOf(request).pathname.startsWith(path);
}

/** What is left of a trouble that was to happen so many times. */
function afterOnce(trouble: Trouble): Trouble | undefined {
  if (trouble.kind !== 'status' || trouble.times === undefined) return trouble;
  return trouble.times > 1 ? { ...trouble, times: trouble.times - 1 } : undefined;
}

function misbehave(trouble: Trouble, request: IncomingMessage, response: ServerResponse): void {
  if (trouble.kind === 'hang') return;
  if (trouble.kind === 'cut') {
    request.socket.destroy();
    return;
  }
  const { status, retryAfterSeconds, message } = trouble;
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', retryAfterSeconds);
  const code = `Status${status}`;
  answer(response, refusal(status, code, message ?? `${code} of the fake vault.`));
}

function answer(response: ServerResponse, { status, body }: VaultReply): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
