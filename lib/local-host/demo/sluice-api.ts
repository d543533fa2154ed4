import { asNumber, pick } from '../json.ts';
import type { ApiClient } from './api-client.ts';
import { listAt, numberAt, textAt } from './fields.ts';

/** A link to one file. The URL opens the file: it is never shown. */
export interface FileLink {
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
}

export interface ExportState {
  readonly status: string;
  readonly tablesDone: number;
  readonly tablesTotal: number;
  readonly rows: number;
  readonly bytes: number;
  readonly rowsExpected: number | undefined;
  readonly percent: number | undefined;
  readonly secondsLeft: number | undefined;
  /** What went wrong, table by table. */
  readonly problems: readonly string[];
}

export interface NewWebhook {
  readonly id: string;
  /** Shown once, in the answer that makes it. */
  readonly secret: string;
}

/** As the operator: a tenant, by the id that its rows have in the vendor's tables. */
export async function createTenant(
  operator: ApiClient,
  tenant: { readonly id: string; readonly name: string },
): Promise<void> {
  await operator.json('POST', '/v1/operator/tenants', {
    id: tenant.id,
    name: tenant.name,
    sourceId: tenant.id,
  });
}

/** As the operator: the first key of a tenant. */
export async function createKey(operator: ApiClient, tenantId: string): Promise<string> {
  const path = `/v1/operator/tenants/${tenantId}/keys`;
  return textAt(await operator.json('POST', path, { name: 'demo', expiresInDays: 1 }), 'key');
}

/** An endpoint whose receiver has been asked, now that it can know the secret. */
export async function createWebhook(client: ApiClient, url: string): Promise<NewWebhook> {
  const made = await client.json('POST', '/v1/webhooks', { url });
  const webhook = { id: textAt(made, 'id'), secret: textAt(made, 'secret') };
  await client.json('POST', `/v1/webhooks/${webhook.id}/verify`, {});
  return webhook;
}

/** Starts an export of every table; answers with its id. */
export async function startExport(client: ApiClient): Promise<string> {
  return textAt(await client.json('POST', '/v1/exports', { tables: 'all' }), 'id');
}

export async function getExport(client: ApiClient, exportId: string): Promise<ExportState> {
  const found = await client.json('GET', `/v1/exports/${exportId}`);
  const progress = pick(found, 'progress');
  return {
    status: textAt(found, 'status'),
    tablesDone: numberAt(progress, 'tablesDone'),
    tablesTotal: numberAt(progress, 'tablesTotal'),
    rows: numberAt(progress, 'rows'),
    bytes: numberAt(progress, 'bytes'),
    rowsExpected: asNumber(pick(progress, 'rowsExpected')),
    percent: asNumber(pick(progress, 'percent')),
    secondsLeft: asNumber(pick(progress, 'secondsLeft')),
    problems: problemsOf(found),
  };
}

/** Links to every part, valid for 15 minutes. */
export async function issueLinks(
  client: ApiClient,
  exportId: string,
): Promise<{ readonly expiresAt: Date; readonly files: readonly FileLink[] }> {
  const issued = await client.json('POST', `/v1/exports/${exportId}/links`, { minutes: 15 });
  const files = listAt(issued, 'files').map((file) => ({
    name: textAt(file, 'name'),
    url: textAt(file, 'url'),
    bytes: numberAt(file, 'bytes'),
    sha256: textAt(file, 'sha256'),
    rows: numberAt(file, 'rows'),
  }));
  return { expiresAt: new Date(textAt(issued, 'expiresAt')), files };
}

function problemsOf(found: unknown): readonly string[] {
  const places = [found, ...listAt(found, 'tables')];
  return places.flatMap((place) => {
    const code = pick(place, 'error', 'code');
    if (code === undefined) return [];
    return [`${String(pick(place, 'name') ?? 'export')}: ${textAt(place, 'error', 'message')}`];
  });
}
