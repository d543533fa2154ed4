import { createApiClient } from '../api-client.ts';
import type { Customers, Demo, RunningHost } from '../demo.ts';
import { formatSecret } from '../format.ts';
import { type SampleTenant, sampleTenants } from '../sample/tenants.ts';
import { createKey, createTenant } from '../sluice-api.ts';

/** As the operator: both tenants, and a key for each. */
export async function addCustomers(demo: Demo, host: RunningHost): Promise<Customers> {
  demo.narrator.step('The operator adds two customers');
  const owner = await addCustomer(demo, host, sampleTenants.northwind);
  const stranger = await addCustomer(demo, host, sampleTenants.contoso);
  return { owner, stranger };
}

async function addCustomer(
  { narrator, signal }: Demo,
  { operator, url }: RunningHost,
  tenant: SampleTenant,
): Promise<Customers['owner']> {
  await createTenant(operator, tenant);
  const key = await createKey(operator, tenant.id);
  narrator.done(`${tenant.name.padEnd(18)} key ${formatSecret(key)} (shown in full only once)`);
  return createApiClient(url, key, signal);
}
