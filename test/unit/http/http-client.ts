import {
  type FunctionInput,
  type HttpFunctionOptions,
  HttpRequest,
  HttpResponse,
  type HttpResponseInit,
  InvocationContext,
} from '@azure/functions';
import type { z } from 'zod';
import { registerHttp } from '../../../functions/http/register.ts';
import { routes } from '../../../functions/http/routes.ts';
import { auditListAnswer, auditVerdictAnswer } from '../../../lib/api/audit.ts';
import { exportAnswer, exportListAnswer, fetchedAnswer } from '../../../lib/api/exports.ts';
import { getUrlAnswer } from '../../../lib/api/get-url.ts';
import { meAnswer } from '../../../lib/api/identity.ts';
import { keyCreatedAnswer, keyListAnswer, keyRotatedAnswer } from '../../../lib/api/keys.ts';
import { linkListAnswer, linksAnswer } from '../../../lib/api/links.ts';
import { tenantAnswer, tenantListAnswer } from '../../../lib/api/operator.ts';
import { problemAnswer } from '../../../lib/api/problem.ts';
import {
  limitsAnswer,
  liveAnswer,
  readyAnswer,
  routesAnswer,
  signingKeysAnswer,
} from '../../../lib/api/public.ts';
import { receiptAnswer, receiptListAnswer } from '../../../lib/api/receipts.ts';
import { tablesAnswer } from '../../../lib/api/tables.ts';
import {
  deliveryAnswer,
  deliveryListAnswer,
  webhookAnswer,
  webhookCreatedAnswer,
  webhookEnabledAnswer,
  webhookListAnswer,
  webhookTestAnswer,
  webhookVerifiedAnswer,
} from '../../../lib/api/webhooks.ts';
import { canaries, credentials, type FakeWorld, fakeWorld, starter } from './fake-services.ts';

export interface Sent {
  /** A value is sent as JSON, text and bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the owner's key. */
  readonly credential?: string | undefined;
}

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export type Send = (method: string, path: string, sent?: Sent) => Promise<Got>;

/** What every route answers when all is well: nothing more and nothing less (S6). */
const answers: Readonly<Record<string, z.ZodType>> = {
  createExport: exportAnswer,
  listExports: exportListAnswer,
  getExport: exportAnswer,
  deleteExport: exportAnswer,
  issueLinks: linksAnswer,
  listLinks: linkListAnswer,
  noteFetched: fetchedAnswer,
  cancelExport: exportAnswer,
  retryExport: exportAnswer,
  listTables: tablesAnswer,
  listReceipts: receiptListAnswer,
  getReceipt: receiptAnswer,
  createKey: keyCreatedAnswer,
  listKeys: keyListAnswer,
  rotateKey: keyRotatedAnswer,
  createWebhook: webhookCreatedAnswer,
  listWebhooks: webhookListAnswer,
  getWebhook: webhookAnswer,
  updateWebhook: webhookAnswer,
  testWebhook: webhookTestAnswer,
  verifyWebhook: webhookVerifiedAnswer,
  rotateWebhookSecret: webhookCreatedAnswer,
  enableWebhook: webhookEnabledAnswer,
  listDeliveries: deliveryListAnswer,
  redeliverDelivery: deliveryAnswer,
  listAudit: auditListAnswer,
  verifyAudit: auditVerdictAnswer,
  listOperatorAudit: auditListAnswer,
  verifyOperatorAudit: auditVerdictAnswer,
  getUrl: getUrlAnswer,
  getMe: meAnswer,
  createTenant: tenantAnswer,
  listTenants: tenantListAnswer,
  getTenant: tenantAnswer,
  updateTenant: tenantAnswer,
  createTenantKey: keyCreatedAnswer,
  listRoutes: routesAnswer,
  getLimits: limitsAnswer,
  getSigningKeys: signingKeysAnswer,
  healthLive: liveAnswer,
  healthReady: readyAnswer,
};

/** Answers that are not described by a schema: bytes as they are stored, or nothing. */
export const answersWithoutSchema = ['getManifest', 'revokeKey', 'deleteWebhook'];

export interface Registered extends HttpFunctionOptions {
  readonly name: string;
}

/** All functions as they would be registered with Azure. */
export function registeredFunctions(world: FakeWorld, inputs: FunctionInput[] = []): Registered[] {
  const registered: Registered[] = [];
  const app = {
    http: (name: string, options: HttpFunctionOptions) => {
      registered.push({ ...options, name });
    },
  };
  registerHttp(app, world.services, () => starter, { keyHeaders: ['systrack-api-key'] }, inputs);
  return registered;
}

/** Calls the registered functions as the host would, and holds every answer against its schema. */
export function client(world: FakeWorld = fakeWorld()): Send {
  const functions = registeredFunctions(world).sort(byName);
  return async (method, path, { body, headers = {}, credential = credentials.owner } = {}) => {
    const url = `http://127.0.0.1:7071/api/${path}`;
    const found = findFunction(functions, method, decodeURI(new URL(url).pathname.slice(5)));
    const request = new HttpRequest({
      method,
      url,
      headers: { ...contentType(body), ...authorization(credential), ...headers },
      params: found.params,
      ...(body === undefined ? {} : { body: bodyInit(body) }),
    });
    const context = new InvocationContext({ functionName: found.name });
    const got = await readAnswer((await found.handler(request, context)) as HttpResponseInit);
    checkAnswer(found.name, got);
    return got;
  };
}

function checkAnswer(name: string, got: Got): void {
  for (const canary of [canaries.dataKey, canaries.sealed, canaries.internal, 'CANARY_schema']) {
    if (got.text.includes(canary)) throw new Error(`The answer holds ${canary}: ${got.text}`);
  }
  if (got.text === '') return;
  const type = got.headers.get('content-type');
  if (type === 'application/problem+json') problemAnswer.parse(got.json);
  else if (type === 'application/json') answers[name]?.parse(got.json);
}

/** Whether each route has a schema for its answer. */
export function routesWithoutSchema(): readonly string[] {
  return routes.map(({ name }) => name).filter((name) => answers[name] === undefined);
}

function findFunction(functions: readonly Registered[], method: string, path: string) {
  for (const { name, methods = [], route = '', handler } of functions) {
    const params = matchRoute(route, path);
    if (params !== undefined && methods.some((one) => one === method)) {
      return { name, handler, params };
    }
  }
  throw new Error(`No function takes ${method} ${path}.`);
}

function matchRoute(route: string, path: string): Record<string, string> | undefined {
  if (route === '{*rest}') return { rest: path };
  const pattern = route.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const match = new RegExp(`^${pattern}/?$`, 'i').exec(path);
  return match === null ? undefined : { ...match.groups };
}

/** The host's order: by the functions' names. */
function byName(one: Registered, other: Registered): number {
  return one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1;
}

/** Through the library's own response, as the host would send it. */
async function readAnswer(init: HttpResponseInit): Promise<Got> {
  const response = new HttpResponse(init);
  const text = await response.text();
  const headers = new Headers([...response.headers]);
  return { status: response.status, headers, text, json: parseOrEmpty(text) };
}

function parseOrEmpty(text: string): Readonly<Record<string, unknown>> {
  return text.startsWith('{') ? JSON.parse(text) : {};
}

function contentType(body: unknown): Record<string, string> {
  return body === undefined ? {} : { 'content-type': 'application/json' };
}

function authorization(credential: string | undefined): Record<string, string> {
  return credential === '' || credential === undefined
    ? {}
    : { authorization: `Bearer ${credential}` };
}

function bodyInit(body: unknown): { bytes: Uint8Array } {
  if (body instanceof Uint8Array) return { bytes: body };
  return { bytes: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}
