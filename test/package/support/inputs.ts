import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCertificates } from '../../support/certificates.ts';

/** The operator's files. */
export interface Inputs {
  readonly catalog: string;
  readonly issuers: string;
  readonly ca: string;
}

/** Where the catalog looks for the vendor's database, from the app's folder. */
export const databaseFile = './data/vendor.sqlite';

const catalog = {
  sources: { app: { kind: 'sqlite', file: databaseFile } },
  tables: [
    { name: 'orders', source: 'app', from: 'orders', tenant: { column: 'tenant_id' }, key: ['id'] },
  ],
};

const issuers = [
  { issuer: 'https://login.customer.example', audience: 'api://sluice', tenantClaim: 'org' },
];

export async function writeInputs(folder: string): Promise<Inputs> {
  const inputs = { catalog: join(folder, 'orders.json'), issuers: join(folder, 'providers.json') };
  await writeFile(inputs.catalog, JSON.stringify(catalog, undefined, 2));
  await writeFile(inputs.issuers, JSON.stringify(issuers));
  const { caFile } = await createCertificates(folder);
  return { ...inputs, ca: caFile };
}

/** They as options of the packager. */
export function optionsFor(inputs: Partial<Inputs>): readonly string[] {
  return Object.entries(inputs).flatMap(([name, file]) => [`--${name}`, file]);
}
