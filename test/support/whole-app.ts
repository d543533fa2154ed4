import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  type HttpFunctionOptions,
  HttpRequest,
  HttpResponse,
  type HttpResponseInit,
  InvocationContext,
} from '@azure/functions';
import { exportJWK, generateKeyPair } from 'jose';
import { createAdapters } from '../../functions/adapters.ts';
import { registerHttp } from '../../functions/http/register.ts';
import type { Services } from '../../functions/services.ts';
import { createServices, createWork } from '../../functions/wiring.ts';
import { loadConfig } from '../../lib/config/config.ts';
import type { Catalog } from '../../lib/core/catalog/catalog.ts';
import type { Starter } from '../../lib/core/exports/starter.ts';
import { type Azurite, startAzurite } from './azurite.ts';
import { notingLog } from './noting-log.ts';

export interface Asked {
  readonly credential: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly query?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface WholeApp extends AsyncDisposable {
  readonly azurite: Azurite;
  readonly operatorKey: string;
  readonly services: Services;
  readonly work: ReturnType<typeof createWork>;
  /** Calls the function of this name as the host would, past the host. */
  call(name: string, asked: Asked): Promise<Answered>;
}

export interface WholeAppOptions {
  /** SQL that fills the one source, a SQLite file. */
  readonly schema: string;
  readonly tables: Catalog['tables'];
  readonly starter: Starter;
  /** Replaces services, such as who a token stands for. */
  readonly replace?: Partial<Services>;
}

/** The app as its composition root puts it together, over real storage and a real source, without a host. */
export async function openWholeApp(options: WholeAppOptions): Promise<WholeApp> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-app-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const azurite = started.use(await startAzurite());
  const file = join(folder, 'vendor.sqlite');
  const database = new DatabaseSync(file);
  database.exec(options.schema);
  database.close();
  const catalog: Catalog = {
    sources: { app: { kind: 'sqlite', file, parallelTables: 2 } },
    tables: options.tables,
    excluded: [],
  };
  const operatorKey = randomBytes(32).toString('base64url');
  const config = loadConfig(await settingsOf(azurite.connectionString, operatorKey));
  const adapters = { ...createAdapters(config, catalog, process.cwd()), log: notingLog() };
  const work = createWork(config, catalog, adapters);
  const services = { ...createServices(config, adapters, work), ...options.replace };
  const running = started.move();
  return {
    azurite,
    operatorKey,
    services,
    work,
    call: caller(services, options.starter),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function settingsOf(connectionString: string, operatorKey: string) {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  return {
    SLUICE_ENVIRONMENT: 'test',
    SLUICE_REGION: 'local',
    SLUICE_CATALOG: 'none',
    SLUICE_STATE_STORAGE: connectionString,
    SLUICE_EXPORT_STORAGE: connectionString,
    SLUICE_WEBHOOK_ALLOW_LOOPBACK: 'true',
    SLUICE_SECRET_SLUICE_MASTER_KEY: randomBytes(32).toString('base64'),
    SLUICE_SECRET_SLUICE_KEY_PEPPER: randomBytes(32).toString('base64'),
    SLUICE_SECRET_SLUICE_SIGNING_KEY: JSON.stringify({
      ...(await exportJWK(privateKey)),
      kid: 'test',
    }),
    SLUICE_SECRET_SLUICE_OPERATOR_KEY: operatorKey,
  };
}

function caller(services: Services, starter: Starter): WholeApp['call'] {
  const functions = new Map<string, HttpFunctionOptions>();
  const app = {
    http: (name: string, options: HttpFunctionOptions) => functions.set(name, options),
  };
  registerHttp(app, services, () => starter, { keyHeaders: [] }, []);
  return async (name, { credential, params = {}, body, query = '' }) => {
    const found = functions.get(name);
    if (found === undefined) throw new Error(`There is no function ${name}.`);
    const path = (found.route ?? '').replaceAll(/\{(\w+)\}/g, (_, param) => params[param] ?? '');
    const request = new HttpRequest({
      method: String(found.methods?.[0]),
      url: `http://127.0.0.1:7071/api/${path}${query}`,
      headers: {
        authorization: `Bearer ${credential}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      params,
      ...(body === undefined ? {} : { body: { bytes: Buffer.from(JSON.stringify(body)) } }),
    });
    const context = new InvocationContext({ functionName: name });
    return answerOf((await found.handler(request, context)) as HttpResponseInit);
  };
}

async function answerOf(init: HttpResponseInit): Promise<Answered> {
  const response = new HttpResponse(init);
  const text = await response.text();
  const json = text.startsWith('{') ? JSON.parse(text) : {};
  return { status: response.status, headers: new Headers([...response.headers]), json };
}
