import { randomInt } from 'node:crypto';
import type { z } from 'zod';
import { type ExportAnswer, exportAnswer, exportItem } from '../../../lib/api/exports.ts';
import { type KeyCreatedAnswer, keyCreatedAnswer } from '../../../lib/api/keys.ts';
import { type LinksAnswer, linksAnswer } from '../../../lib/api/links.ts';
import { tenantAnswer } from '../../../lib/api/operator.ts';
import { type ProblemAnswer, problemAnswer } from '../../../lib/api/problem.ts';
import {
  type WebhookVerifiedAnswer,
  webhookCreatedAnswer,
  webhookVerifiedAnswer,
} from '../../../lib/api/webhooks.ts';
import { waitFor } from '../../support/wait-for.ts';

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body through a strict schema: an unknown or missing field fails the test. */
  as<T>(schema: z.ZodType<T>): T;
  /** The same for an error, whose status and code must be these. */
  problem(status: number, code: string): ProblemAnswer;
}

export interface Call {
  readonly key?: string;
  readonly json?: unknown;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Speaks to one host as one caller would: HTTP and nothing else. */
export class Api {
  readonly url: string;
  readonly operatorKey: string;

  constructor(url: string, operatorKey: string) {
    this.url = url;
    this.operatorKey = operatorKey;
  }

  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const body = call.json === undefined ? call.body : JSON.stringify(call.json);
    const response = await fetch(`${this.url}/api/${path}`, {
      method,
      headers: {
        // Each call comes from a network of its own, so that wrong keys of one test slow no other down.
        'x-forwarded-for': `10.${randomInt(256)}.${randomInt(256)}.1`,
        ...(call.key === undefined ? {} : { authorization: `Bearer ${call.key}` }),
        ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    return answerOf(response, text, `${method} ${path}`);
  }

  /** A new tenant of its own with a key of every scope. */
  async tenant(sourceId: string, scopes?: readonly string[]): Promise<Tenant> {
    const { id } = (await this.#makeTenant({ name: `Tenant of ${sourceId}`, sourceId })).as(
      tenantAnswer,
    );
    const keyMade = await this.call('POST', `v1/operator/tenants/${id}/keys`, {
      key: this.operatorKey,
      json: { name: 'first', ...(scopes === undefined ? {} : { scopes }) },
    });
    return { id, key: keyMade.as(keyCreatedAnswer).key };
  }

  /** Test files share the vendor's rows: whoever comes later says with whom. */
  async #makeTenant(json: object): Promise<Answer> {
    const key = this.operatorKey;
    const made = await this.call('POST', 'v1/operator/tenants', { key, json });
    const sharesSourceIdWith = /sharesSourceIdWith\\": \\"([^"\\]+)/.exec(made.text)?.[1];
    if (made.status !== 409 || sharesSourceIdWith === undefined) return made;
    return await this.call('POST', 'v1/operator/tenants', {
      key,
      json: { ...json, sharesSourceIdWith },
    });
  }

  /** The same tenant, by a further key of its own. */
  async anotherKey({ id }: Tenant, json: object): Promise<Tenant> {
    const made = await this.call('POST', `v1/operator/tenants/${id}/keys`, {
      key: this.operatorKey,
      json: { name: 'another', ...json },
    });
    return { id, key: made.as(keyCreatedAnswer).key };
  }

  /** One more key of the tenant, made by the operator. */
  async key(tenantId: string, json: object): Promise<KeyCreatedAnswer> {
    const path = `v1/operator/tenants/${tenantId}/keys`;
    return (await this.call('POST', path, { key: this.operatorKey, json })).as(keyCreatedAnswer);
  }

  /** Makes an endpoint, and has its receiver asked, which knows the secret by then. */
  async webhook(
    tenant: Tenant,
    json: object,
  ): Promise<WebhookVerifiedAnswer & { readonly secret: string }> {
    const made = await this.call('POST', 'v1/webhooks', { key: tenant.key, json });
    const { id, secret } = made.as(webhookCreatedAnswer);
    const verified = await this.call('POST', `v1/webhooks/${id}/verify`, { key: tenant.key });
    return { ...verified.as(webhookVerifiedAnswer), secret };
  }

  /** Starts an export of these tables and returns its id. */
  async start(
    tenant: Tenant,
    tables: readonly string[],
    change: object = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const json = { tables: tables.map((name) => ({ name })), ...change };
    const started = await this.call('POST', 'v1/exports', { key: tenant.key, json, headers });
    if (started.status !== 202) throw new Error(started.text);
    return started.as(exportItem.loose()).id;
  }

  async export(tenant: Tenant, id: string): Promise<ExportAnswer> {
    return (await this.call('GET', `v1/exports/${id}`, { key: tenant.key })).as(exportAnswer);
  }

  /** Waits until the export is no longer running. */
  async finished(tenant: Tenant, id: string, timeoutMs = 120_000): Promise<ExportAnswer> {
    return waitFor(
      `the end of export ${id}`,
      async () => {
        const found = await this.export(tenant, id);
        return found.status === 'pending' || found.status === 'processing' ? undefined : found;
      },
      timeoutMs,
    );
  }

  async run(tenant: Tenant, tables: readonly string[], change?: object): Promise<ExportAnswer> {
    return this.finished(tenant, await this.start(tenant, tables, change));
  }

  async links(tenant: Tenant, exportId: string, json: object = {}): Promise<LinksAnswer> {
    const made = await this.call('POST', `v1/exports/${exportId}/links`, { key: tenant.key, json });
    if (made.status !== 201) throw new Error(made.text);
    return made.as(linksAnswer);
  }
}

export interface Tenant {
  readonly id: string;
  readonly key: string;
}

function answerOf(response: Response, text: string, what: string): Answer {
  const as = <T>(schema: z.ZodType<T>): T => {
    const parsed = schema.safeParse(parse(text));
    if (parsed.success) return parsed.data;
    throw new Error(`${what} answered ${response.status} ${text}\n${parsed.error.message}`);
  };
  return {
    status: response.status,
    headers: response.headers,
    text,
    as,
    problem(status, code) {
      const problem = as(problemAnswer);
      if (response.status === status && problem.status === status && problem.code === code) {
        return problem;
      }
      throw new Error(`${what} answered ${response.status} ${text}, not ${status} ${code}`);
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
