import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient, RestError } from '@azure/storage-blob';
import { describe, expect, test } from 'vitest';
import { createBlobExportFiles } from '../../../lib/adapters/blobs/blob-export-files.ts';
import { createEmulatorLinkSigner } from '../../../lib/adapters/blobs/emulator-link-signer.ts';
import { callStorage } from '../../../lib/adapters/shared/call-storage.ts';
import {
  isEmulatorConnectionString,
  requireEmulator,
} from '../../../lib/adapters/shared/emulator-connection.ts';
import {
  emulatorAccount,
  fromStorageError,
  retryingClientOptions,
  storageTries,
} from '../../../lib/adapters/shared/storage-options.ts';

const secret = 'c2VjcmV0';
const emulators = [
  'UseDevelopmentStorage=true',
  'usedevelopmentstorage=TRUE;',
  `AccountName=devstoreaccount1;AccountKey=${secret};BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1`,
  `AccountName=devstoreaccount1;AccountKey=${secret};BlobEndpoint=https://localhost:1/devstoreaccount1;TableEndpoint=https://[::1]:2/devstoreaccount1;`,
];
const others = [
  '',
  'nonsense',
  `DefaultEndpointsProtocol=https;AccountName=vendor;AccountKey=${secret};EndpointSuffix=core.windows.net`,
  `DefaultEndpointsProtocol=https;AccountName=devstoreaccount1;AccountKey=${secret};EndpointSuffix=core.windows.net`,
  `AccountName=vendor;AccountKey=${secret};BlobEndpoint=http://127.0.0.1:10000/vendor`,
  `AccountName=devstoreaccount1;AccountKey=${secret};BlobEndpoint=http://127.0.0.1@evil.example/devstoreaccount1`,
  `AccountName=devstoreaccount1;AccountKey=${secret};BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;TableEndpoint=https://evil.example/devstoreaccount1`,
  'UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://evil.example',
  'UseDevelopmentStorage=false',
];

describe('an account key', () => {
  test.each(emulators)('is taken for the emulator: %s', (text) => {
    expect(isEmulatorConnectionString(text)).toBe(true);
    expect(requireEmulator(text).accountName).toBe('devstoreaccount1');
  });

  test.each(others)('is refused for anything else, and not repeated: %s', (text) => {
    expect(isEmulatorConnectionString(text)).toBe(false);
    const refusals = [
      () => requireEmulator(text),
      () => emulatorAccount(text),
      () => createEmulatorLinkSigner(text),
      () => createBlobExportFiles({ kind: 'emulator', connectionString: text }),
    ].map(messageOf);
    for (const message of refusals) {
      expect(message).toContain('let an identity sign in');
      expect(message).not.toContain(secret);
    }
  });

  test('of the shorthand belongs to the well-known address', () => {
    expect(requireEmulator('UseDevelopmentStorage=true').blobUrl).toBe(
      'http://127.0.0.1:10000/devstoreaccount1',
    );
  });
});

describe('an error of the storage', () => {
  test('with 412 means that somebody else was faster', () => {
    const cause = new RestError('x', { code: 'ConditionNotMet', statusCode: 412 });
    expect(fromStorageError(cause, 'update a row')).toMatchObject({
      code: 'changed_meanwhile',
      internal: 'update a row: ConditionNotMet, status 412',
      cause,
    });
  });

  test('never shows a URL', () => {
    const url = 'https://account.example/c/b?sig=secret';
    const cause = new RestError(`failed to reach ${url}`, { code: 'ECONNREFUSED' });
    const { code, message, internal } = fromStorageError(cause, 'read a file');
    expect({ code, message, internal }).toEqual({
      code: 'storage_unavailable',
      message: 'The storage does not answer.',
      internal: 'read a file: ECONNREFUSED, status none',
    });
  });

  test('of our own making is an internal error', () => {
    expect(fromStorageError(new TypeError('mistake'), 'x').code).toBe('internal_error');
  });

  test('that cannot pass is not tried again', async () => {
    let tries = 0;
    const run = async () => {
      tries += 1;
      throw new RestError('x', { code: 'AuthorizationFailure', statusCode: 403 });
    };
    await expect(callStorage({ what: 'x', run })).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    expect(tries).toBe(1);
  });

  test('that lasts through every try is storage_unavailable', async () => {
    const port = await closedPort();
    const service = new BlobServiceClient(`http://127.0.0.1:${port}/devstoreaccount1`, undefined, {
      retryOptions: { maxTries: 1 },
    });
    let tries = 0;
    const run = async (abortSignal: AbortSignal) => {
      tries += 1;
      await service.getProperties({ abortSignal });
    };
    const quick = { ...storageTries, firstDelayMs: 2 };
    await expect(callStorage({ what: 'ask', run, tries: quick })).rejects.toMatchObject({
      code: 'storage_unavailable',
      internal: 'ask: ECONNREFUSED, status none',
    });
    expect(tries).toBe(storageTries.triesMax);
  });

  test('that is silence ends with the time of a try', async () => {
    const silence = (signal: AbortSignal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const quick = { triesMax: 2, firstDelayMs: 2, delayMaxMs: 2, tryTimeoutMs: 20 };
    await expect(callStorage({ what: 'ask', run: silence, tries: quick })).rejects.toMatchObject({
      code: 'storage_unavailable',
      internal: 'ask: TimeoutError',
    });
  });

  test('that is silence is met by clients that retry themselves as well', async () => {
    const requests: string[] = [];
    const server = createHttpServer((request) => requests.push(String(request.url)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const quick = { triesMax: 3, firstDelayMs: 2, delayMaxMs: 2, tryTimeoutMs: 20 };
    const client = new TableClient(`http://127.0.0.1:${portOf(server)}/devstoreaccount1`, 't', {
      ...retryingClientOptions(quick),
      allowInsecureConnection: true,
    });
    const error: unknown = await client.getEntity('p', 'r').catch((cause: unknown) => cause);
    server.closeAllConnections();
    server.close();
    expect(requests).toHaveLength(3);
    expect(fromStorageError(error, 'read a row')).toMatchObject({
      code: 'storage_unavailable',
      internal: 'read a row: ETIMEDOUT, status none',
    });
  });

  test('while the caller stops waiting is the reason of the stop', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const run = async () => {
      setImmediate(() => abort.abort(reason));
      throw new RestError('x', { code: 'ECONNREFUSED' });
    };
    await expect(callStorage({ what: 'x', run, signal: abort.signal })).rejects.toBe(reason);
  });
});

/** A port on which nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('No port was opened.');
  return address.port;
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof TypeError ? error.message : String(error);
  }
  return 'it was taken';
}
