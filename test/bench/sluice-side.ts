import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Api, type Tenant } from '../e2e/support/api.ts';
import { type Host, startHost } from '../e2e/support/host.ts';
import { manifestSchema } from '../e2e/support/manifest.ts';
import { benchTable, benchTenant } from './bench-table.ts';
import { watchMemory } from './peak-memory.ts';
import type { Run, Side } from './side.ts';
import type { Stage } from './stage.ts';

/**
 * Sluice as its users have it: the built app in the local host, asked over HTTP, from the POST to the
 * status `ready`. Each run has a host of its own, whose start is not counted; its memory is counted
 * whole, host and all.
 */
export function sluiceSide(stage: Stage): Side {
  return {
    name: 'sluice',
    title: 'Sluice: gzip parts with SHA-256 and manifest',
    run: () => runSluice(stage, benchTable),
  };
}

/** Exports one table once. */
export async function runSluice(
  stage: Stage,
  table: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Run> {
  await using host = await startBenchHost(stage, settings);
  using memory = watchMemory(host.pid);
  const api = new Api(host.url, stage.operatorKey);
  const tenant = await api.tenant(benchTenant);
  const startedAt = performance.now();
  const exportId = await api.start(tenant, [table]);
  await untilReady(stage, host, api, tenant, exportId);
  const wallMs = performance.now() - startedAt;
  const peakRssBytes = await memory.peakBytes();
  const answer = await api.call('GET', `v1/exports/${exportId}/manifest`, { key: tenant.key });
  const files = answer.as(manifestSchema).tables.flatMap((written) => written.files);
  return { wallMs, container: containerOf(exportId), files, peakRssBytes };
}

/** A host with a state of its own, in a folder below the stage's. */
export async function startBenchHost(
  stage: Stage,
  settings: Readonly<Record<string, string>> = {},
): Promise<Host> {
  const folder = join(stage.folder, `host-${randomBytes(4).toString('hex')}`);
  await mkdir(folder);
  return await startHost({ settings: { ...stage.settings, ...settings }, folder });
}

function containerOf(exportId: string): string {
  return `exp-${exportId}`;
}

const lookEveryMs = 200;

/**
 * Looks for the manifest's signature in storage, which is written last and costs the host nothing,
 * and only then asks the API; now and then it asks for a bad end too.
 */
async function untilReady(
  stage: Stage,
  host: Host,
  api: Api,
  tenant: Tenant,
  exportId: string,
): Promise<void> {
  const signature = stage.blobs
    .getContainerClient(containerOf(exportId))
    .getBlobClient('manifest.jws');
  let hostEnded = false;
  host.ended.then(
    () => {
      hostEnded = true;
    },
    () => {},
  );
  // Ends with the export, with the host or with the signal.
  for (let looks = 1; ; looks++) {
    stage.signal.throwIfAborted();
    if (hostEnded) throw new Error('The host ended in the middle of the export.');
    if ((await signature.exists()) || looks % 25 === 0) {
      const { status, tables } = await api.export(tenant, exportId);
      if (status === 'ready') return;
      if (status !== 'processing' && status !== 'pending') {
        throw new Error(`The export ended as ${status}: ${JSON.stringify(tables)}`);
      }
    }
    await delay(lookEveryMs);
  }
}
