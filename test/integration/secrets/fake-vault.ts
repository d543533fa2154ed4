import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Certificates,
  createCertificates,
  trustAuthority,
} from '../../support/certificates.ts';

/** Speaks as much of Key Vault's REST as reading secrets needs, over HTTPS, with its challenge. */
export interface FakeVault extends AsyncDisposable {
  readonly url: string;
  /** Sets a secret: a new version, which is then the current one. */
  set(name: string, value: string): void;
  remove(name: string): void;
  /** Answers with this instead, or with secrets again. `hang`: takes the request and says nothing. */
  behave(trouble: Trouble | undefined): void;
  /** Requests for secrets that carried the right token. */
  reads(): number;
  /** Requests that carried no token, or another one. */
  challenges(): number;
}

export type Trouble =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfterSeconds?: number;
      readonly times?: number;
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

export async function startFakeVault(
  certificate: Pick<Certificates, 'cert' | 'key'>,
): Promise<FakeVault> {
  const secrets = new Map<string, { value: string; version: number }>();
  let trouble: Trouble | undefined;
  let reads = 0;
  let challenges = 0;

  const server = createServer(certificate, (request, response) => {
    if (request.headers.authorization !== `Bearer ${vaultToken}`) {
      challenges++;
      return challenge(response);
    }
    reads++;
    if (trouble !== undefined) {
      const present = trouble;
      trouble = afterOnce(trouble);
      return misbehave(present, request, response);
    }
    const url = new URL(request.url ?? '', 'https://vault');
    const name = /^\/secrets\/([^/]+)\/?$/.exec(url.pathname)?.[1] ?? '';
    const secret = secrets.get(name);
    if (request.method !== 'GET' || !url.searchParams.has('api-version')) {
      return answer(response, 400, failure('BadParameter'));
    }
    if (secret === undefined) return answer(response, 404, failure('SecretNotFound'));
    const id = `https://${request.headers.host}/secrets/${name}/${secret.version}`;
    const attributes = { enabled: true, created: 1, updated: 1 };
    return answer(response, 200, { value: secret.value, id, attributes });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    set(name, value) {
      secrets.set(name, { value, version: (secrets.get(name)?.version ?? 0) + 1 });
    },
    remove: (name) => void secrets.delete(name),
    behave: (next) => {
      trouble = next;
    },
    reads: () => reads,
    challenges: () => challenges,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function challenge(response: ServerResponse): void {
  const authorization = 'https://login.windows.net/00000000-0000-0000-0000-000000000001';
  const resource = 'https://vault.azure.net';
  const told = `Bearer authorization="${authorization}", resource="${resource}"`;
  response.setHeader('WWW-Authenticate', told);
  answer(response, 401, failure('Unauthorized'));
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
  const { status, retryAfterSeconds } = trouble;
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', retryAfterSeconds);
  answer(response, status, failure(`Status${status}`));
}

function failure(code: string) {
  return { error: { code, message: `${code} of the fake vault.` } };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
