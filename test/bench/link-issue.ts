import { performance } from 'node:perf_hooks';
import { limits } from '../../lib/core/limits.ts';
import { Api, type Tenant } from '../e2e/support/api.ts';
import { benchTenant, linkTable } from './bench-table.ts';
import { startBenchHost } from './sluice-side.ts';
import type { Stage } from './stage.ts';
import { percentile } from './summary.ts';

export interface LinkIssue {
  /** From the start of the process to the first answer over HTTP. */
  readonly appStartMs: number;
  readonly requests: number;
  readonly inFlight: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly perSecond: number;
}

export const linkGoalMs = 50;
export const startGoalMs = 2_000;

const inFlight = 50;
const warmUpRequests = 200;
const requests = 2_000;
/** A key gets links so often a minute, so as many keys as that takes go in turn. */
const keyCount = Math.ceil(((warmUpRequests + requests) / limits.linksPerKeyPerMinute) * 1.2);

/** Asks one host for links to one small export, always 50 at a time. */
export async function measureLinkIssue(stage: Stage): Promise<LinkIssue> {
  const startedAt = performance.now();
  await using host = await startBenchHost(stage);
  const answer = await fetch(`${host.url}/api/health/live`, { signal: stage.signal });
  if (!answer.ok) throw new Error(`The app's first answer was ${answer.status}.`);
  const appStartMs = performance.now() - startedAt;
  const api = new Api(host.url, stage.operatorKey);
  const tenant = await api.tenant(benchTenant);
  const { id, status } = await api.run(tenant, [linkTable]);
  if (status !== 'ready') throw new Error(`The small export ended as ${status}.`);
  const callers: Tenant[] = [];
  while (callers.length < keyCount) {
    const { key } = await api.key(tenant.id, { name: 'bench' });
    callers.push({ id: tenant.id, key });
  }
  await askForLinks(stage, api, callers, id, warmUpRequests);
  const beganAt = performance.now();
  const timesMs = await askForLinks(stage, api, callers, id, requests);
  const perSecond = requests / ((performance.now() - beganAt) / 1000);
  await stage.blobs.deleteContainer(`exp-${id}`);
  const [p50Ms, p95Ms] = [percentile(timesMs, 50), percentile(timesMs, 95)];
  return { appStartMs, requests, inFlight, p50Ms, p95Ms, perSecond };
}

async function askForLinks(
  stage: Stage,
  api: Api,
  callers: readonly Tenant[],
  exportId: string,
  count: number,
): Promise<readonly number[]> {
  const timesMs: number[] = [];
  let left = count;
  async function ask(): Promise<void> {
    while (left > 0) {
      left -= 1;
      stage.signal.throwIfAborted();
      const startedAt = performance.now();
      const caller = callers[left % callers.length];
      if (caller === undefined) throw new TypeError('Links need a caller.');
      await api.links(caller, exportId);
      timesMs.push(performance.now() - startedAt);
    }
  }
  await Promise.all(Array.from({ length: inFlight }, ask));
  return timesMs;
}
