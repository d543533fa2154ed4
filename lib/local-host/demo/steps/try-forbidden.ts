import { isRecord, tryParseJson } from '../../json.ts';
import type { ApiAnswer, ApiClient } from '../api-client.ts';
import type { Customers, Demo } from '../demo.ts';
import { DemoError, mustHold } from '../demo-error.ts';
import { sampleTenants } from '../sample/tenants.ts';
import type { FileLink } from '../sluice-api.ts';

const timeoutMs = 15_000;

/** What must not work: another customer's export, and writing or deleting with a link. */
export async function tryForbidden(
  demo: Demo,
  { stranger }: Customers,
  exportId: string,
  links: readonly FileLink[],
): Promise<void> {
  const { narrator, signal } = demo;
  narrator.step('What must not work');
  await tryForeignExport(stranger, exportId);
  narrator.done(
    `${sampleTenants.contoso.name}’s key: 404, word for word as for an id that never was`,
  );
  const [link] = links;
  if (link === undefined) throw new DemoError('There is no link to try.');
  await tryToChange(link, 'PUT', signal);
  await tryToChange(link, 'DELETE', signal);
  narrator.done('Writing or deleting with a link: 403 by the storage service itself');
  await tryWithoutSignature(link, signal);
  narrator.done('The same address without its signature: refused');
}

async function tryForeignExport(stranger: ApiClient, exportId: string): Promise<void> {
  const missingId = exportId.replaceAll(/[0-9a-z]/g, 'a');
  const routes = [
    { method: 'GET', path: '', body: undefined },
    { method: 'GET', path: '/manifest', body: undefined },
    { method: 'POST', path: '/links', body: {} },
  ] as const;
  for (const { method, path, body } of routes) {
    const foreign = await stranger.send(method, `/v1/exports/${exportId}${path}`, body);
    const missing = await stranger.send(method, `/v1/exports/${missingId}${path}`, body);
    const isHidden = foreign.status === 404 && textOf(foreign) === textOf(missing);
    mustHold(isHidden, `Another customer’s key got ${foreign.status} for ${method} …${path}.`);
  }
}

/** The answer but for the request's own id. */
function textOf({ status, bytes }: ApiAnswer): string {
  const problem = tryParseJson(Buffer.from(bytes).toString());
  return JSON.stringify([status, isRecord(problem) ? { ...problem, requestId: '' } : problem]);
}

async function tryToChange(
  link: FileLink,
  method: 'PUT' | 'DELETE',
  signal: AbortSignal,
): Promise<void> {
  const answer = await fetch(link.url, {
    method,
    headers: { 'x-ms-blob-type': 'BlockBlob', 'x-ms-version': '2024-11-04' },
    ...(method === 'PUT' ? { body: 'overwritten' } : {}),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  await answer.body?.cancel();
  mustHold(answer.status === 403, `A link answers ${method} with ${answer.status} instead of 403.`);
}

async function tryWithoutSignature(link: FileLink, signal: AbortSignal): Promise<void> {
  const { origin, pathname } = new URL(link.url);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const answer = await fetch(origin + pathname, { signal: limit });
  await answer.body?.cancel();
  const isRefused = [401, 403, 404, 409].includes(answer.status);
  mustHold(isRefused, `A file can be read without a link: ${answer.status}.`);
}
