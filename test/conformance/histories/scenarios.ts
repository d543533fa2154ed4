import { deliveryListAnswer } from '../../../lib/api/webhooks.ts';
import type { Api, Tenant } from '../../e2e/support/api.ts';
import { withClient } from '../../support/postgres.ts';
import { waitFor } from '../../support/wait-for.ts';

/** What a scenario works with: a host of the real app, a tenant of its own, and what it may break. */
export interface Scene {
  readonly api: Api;
  readonly tenant: Tenant;
  readonly databaseAdminUrl: string;
  /** Answers 204 below `/well` and 500 below `/ill`. */
  readonly receiverUrl: string;
  setFaults(faults: object): Promise<void>;
  /** Starts an orchestration past the app, as somebody does who gets at the host. */
  startAgain(exportId: string): Promise<void>;
}

const patienceMs = 180_000;

/** Five tables in four lanes, and two events that are delivered at once. */
async function complete({ api, tenant, receiverUrl }: Scene): Promise<void> {
  await api.webhook(tenant, { url: `${receiverUrl}/well` });
  await api.run(tenant, ['people', 'nothing_yet', 'all_types', 'rows_1', 'rows_0']);
}

/** The database cuts a table off; its second try succeeds. */
async function retriedTable({ api, tenant, databaseAdminUrl }: Scene): Promise<void> {
  const id = await api.start(tenant, ['slow', 'people']);
  await waitFor('a running copy', () => cutRunningCopy(databaseAdminUrl), patienceMs);
  await api.finished(tenant, id, patienceMs);
}

/** A database that is away is waited for until the time for that is over. */
async function failedTable({ api, tenant }: Scene): Promise<void> {
  await api.finished(tenant, await api.start(tenant, ['unreachable', 'people']), patienceMs);
}

/** The failed table of a finished export is tried again, in the second attempt of the same export. */
async function secondAttempt({ api, tenant }: Scene): Promise<void> {
  const { id } = await api.run(tenant, ['missing', 'people']);
  await post(api, tenant, `v1/exports/${id}/retry`);
  await api.finished(tenant, id, patienceMs);
}

/** Six tables in four lanes: some are done, one is under way and one not begun when the export is cancelled. */
async function cancelled({ api, tenant }: Scene): Promise<void> {
  const tables = ['slow', 'people', 'nothing_yet', 'rows_1', 'rows_0', 'all_types'];
  const id = await api.start(tenant, tables);
  const isUnderWay = async () => {
    const { progress } = await api.export(tenant, id);
    return progress.tablesDone >= 3 ? true : undefined;
  };
  await waitFor('the other lanes', isUnderWay, patienceMs);
  await post(api, tenant, `v1/exports/${id}/cancel`);
  await api.finished(tenant, id, patienceMs);
}

/** Planning does not get through until the export is cancelled. */
async function cancelledBeforePlan({ api, tenant, setFaults }: Scene): Promise<void> {
  await setFaults({ loseResult: { activity: 'planExport', times: 100_000 } });
  const id = await api.start(tenant, ['people']);
  await post(api, tenant, `v1/exports/${id}/cancel`);
  await setFaults({});
  await api.finished(tenant, id, patienceMs);
}

/** An export that has ended is started once more, as after the watchdog's mistake. */
async function startedAgain({ api, tenant, startAgain }: Scene): Promise<void> {
  await startAgain((await api.run(tenant, ['rows_1'])).id);
}

/** A receiver is ill: two attempts, then a wait of minutes that has not ended. */
async function waitingDelivery({ api, tenant, receiverUrl }: Scene): Promise<void> {
  const endpoint = await api.webhook(tenant, { url: `${receiverUrl}/ill` });
  await api.run(tenant, ['rows_1']);
  const attempts = async () => {
    const path = `v1/webhooks/${endpoint.id}/deliveries`;
    const { items } = (await api.call('GET', path, { key: tenant.key })).as(deliveryListAnswer);
    const isWaiting = items.length > 0 && items.every((item) => item.attempts.length === 2);
    return isWaiting ? true : undefined;
  };
  await waitFor('two attempts', attempts, patienceMs);
}

/** What is recorded of every version, by the name of its folder. */
export const scenarios = {
  complete,
  'retried-table': retriedTable,
  'failed-table': failedTable,
  'second-attempt': secondAttempt,
  cancelled,
  'cancelled-before-plan': cancelledBeforePlan,
  'started-again': startedAgain,
  'waiting-delivery': waitingDelivery,
} as const;

export type ScenarioName = keyof typeof scenarios;

export const scenarioNames = Object.keys(scenarios) as readonly ScenarioName[];

async function post(api: Api, tenant: Tenant, path: string): Promise<void> {
  const { status, text } = await api.call('POST', path, { key: tenant.key });
  if (status !== 202) throw new Error(`${path} answered ${status} ${text}`);
}

async function cutRunningCopy(databaseAdminUrl: string): Promise<true | undefined> {
  return withClient(databaseAdminUrl, async (client) => {
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where query ilike 'copy%slow%' and state = 'active' and query_start < now() - interval '0.5 s'`,
    );
    return (rowCount ?? 0) > 0 ? true : undefined;
  });
}
