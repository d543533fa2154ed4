import { DatabaseSync } from 'node:sqlite';
import { Api } from '../../e2e/support/api.ts';
import { startBackends } from '../../e2e/support/backends.ts';
import { sourceIds } from '../../e2e/support/vendor-database.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startWebhookReceiver } from '../../support/webhook-receiver.ts';
import { startHostProcess } from '../support/host-process.ts';
import { type ScenarioName, scenarioNames, scenarios } from './scenarios.ts';

interface Place {
  /** The app's folder, built. */
  readonly app: string;
  /** Takes storage, catalog and the state file `host.sqlite`. */
  readonly folder: string;
}

/** Drives the real app through every scenario and kills it; returns the tenant that each had for itself. */
export async function runScenarios(place: Place): Promise<ReadonlyMap<ScenarioName, string>> {
  await using started = new AsyncDisposableStack();
  const backends = started.use(await startBackends(place.folder));
  const receiver = await startWebhookReceiver({
    answer: ({ path }) => ({ status: path.startsWith('/ill') ? 500 : 204 }),
  });
  started.defer(() => receiver.stop());
  const host = await startHostProcess({ ...place, environment: backends.settings });
  started.defer(async () => void (await host.kill('SIGKILL')));
  const api = new Api(host.url, backends.operatorKey);
  const shared = {
    api,
    databaseAdminUrl: backends.databaseAdminUrl,
    receiverUrl: receiver.url,
    setFaults: (faults: object) => postJson(`${host.url}/admin/local-host/faults`, faults),
  };
  const tenants = new Map<ScenarioName, string>();
  const run = async (name: ScenarioName) => {
    const tenant = await api.tenant(sourceIds.alpha);
    tenants.set(name, tenant.id);
    const startAgain = (exportId: string) =>
      startEnded({ ...place, url: host.url }, tenant.id, exportId);
    await scenarios[name]({ ...shared, tenant, startAgain });
    process.stdout.write(`${name}\n`);
  };
  for (const name of scenarioNames) await run(name);
  return tenants;
}

async function postJson(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}

interface Running extends Place {
  readonly url: string;
}

async function startEnded(
  { folder, url }: Running,
  tenantId: string,
  exportId: string,
): Promise<void> {
  const state = new DatabaseSync(`${folder}/host.sqlite`, { readOnly: true });
  const ask = (sql: string, ...values: readonly string[]) =>
    String(state.prepare(sql).get(...values)?.['value']);
  const code = ask("select value from meta where name = 'system key'");
  const ended = (starts: number) =>
    waitFor(
      `the end of start ${starts}`,
      async () => {
        const sql = 'select status || generation as value from instances where id = ?';
        return ask(sql, exportId) === `Completed${starts - 1}` ? true : undefined;
      },
      30_000,
    );
  try {
    await ended(1);
    const path = `runtime/webhooks/durabletask/orchestrators/exportInvocation/${exportId}`;
    await postJson(`${url}/${path}?code=${code}`, { tenantId, exportId, attempt: 1 });
    await ended(2);
  } finally {
    state.close();
  }
}
