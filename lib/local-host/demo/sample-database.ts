import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sampleAppUsage } from './sample/app-usage.ts';
import { sampleDevices } from './sample/devices.ts';
import { fillTable } from './sample/fill-table.ts';
import { createRandom } from './sample/random.ts';
import { sampleIndexes, sampleSchema, sampleVersion } from './sample/schema.ts';
import { type SampleTenant, sampleTenantList } from './sample/tenants.ts';
import { sampleTickets } from './sample/tickets.ts';
import { sampleUsers } from './sample/users.ts';

/** Where the example catalog looks for the sample database, relative to the app's folder. */
export const sampleDatabasePath = '.sluice/demo/vendor.sqlite';

export interface SampleDatabaseOptions {
  readonly file: string;
  /** The real sizes unless told otherwise; tests make smaller ones. */
  readonly tenants?: readonly [SampleTenant, SampleTenant];
  /** 0 to 1, several times a second. */
  readonly onProgress?: (share: number) => void;
}

/** Makes the vendor's database unless it is there already; true when it was made. */
export async function ensureSampleDatabase(options: SampleDatabaseOptions): Promise<boolean> {
  if (isCurrent(options.file)) return false;
  await makeSampleDatabase(options);
  return true;
}

/** Makes it anew, with the same rows every time. The file appears under its name only when it is whole. */
export async function makeSampleDatabase(options: SampleDatabaseOptions): Promise<void> {
  const unfinished = `${options.file}.${process.pid}.part`;
  await mkdir(dirname(options.file), { recursive: true });
  await rm(unfinished, { force: true });
  try {
    await fillDatabase(unfinished, options);
    await rename(unfinished, options.file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** The source's own count of a tenant's rows by table. */
export function countSampleRows(file: string, tenantId: string): ReadonlyMap<string, number> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return new Map(sampleTables.map((table) => [table, countRows(database, table, tenantId)]));
  } finally {
    database.close();
  }
}

const sampleTables = ['devices', 'users', 'tickets', 'app_usage', 'licenses'] as const;

function countRows(database: DatabaseSync, table: string, tenantId: string): number {
  const sql = `select count(*) as rows from ${table} where tenant_id = ?`;
  return Number(database.prepare(sql).get(tenantId)?.['rows']);
}

function isCurrent(file: string): boolean {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    return database.prepare('pragma user_version').get()?.['user_version'] === sampleVersion;
  } catch {
    // Missing, or not a database: either way it is made.
    return false;
  } finally {
    database?.close();
  }
}

async function fillDatabase(file: string, options: SampleDatabaseOptions): Promise<void> {
  const database = new DatabaseSync(file);
  try {
    // Nothing is lost in a crash: the unfinished file is thrown away.
    database.exec(
      'pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -65536',
    );
    database.exec(sampleSchema);
    database.exec('begin');
    await fillTables(database, options);
    database.exec(provisioningLogs);
    database.exec(sampleIndexes);
    database.exec(`pragma user_version = ${sampleVersion}`);
    database.exec('commit');
  } finally {
    database.close();
  }
}

/** The vendor's own; the catalog leaves them out. */
const provisioningLogs = `
insert into provisioning_logs
with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 500)
select n, datetime('2026-09-01', n || ' minutes'), 'image ' || n % 7 || ' applied' from numbers
`;

async function fillTables(database: DatabaseSync, options: SampleDatabaseOptions): Promise<void> {
  const [first, second] = options.tenants ?? sampleTenantList;
  const total = rowsOf(first) + rowsOf(second);
  let done = 0;
  const onRows = (rows: number): void => {
    done += rows;
    options.onProgress?.(done / total);
  };
  const random = createRandom(20_260_930);
  let firstUser = 1;
  let firstTicket = 1;
  for (const tenant of [first, second]) {
    const { users, tickets } = tenant.rows;
    await fillTable(database, 'devices', sampleDevices(tenant, random), onRows);
    await fillTable(database, 'users', sampleUsers(tenant, firstUser, random), onRows);
    const rows = sampleTickets(tenant, { firstTicket, firstUser }, random);
    await fillTable(database, 'tickets', rows, onRows);
    firstUser += users;
    firstTicket += tickets;
  }
  await fillTable(database, 'app_usage', sampleAppUsage([first, second], random), onRows);
}

function rowsOf({ rows }: SampleTenant): number {
  return rows.devices + rows.users + rows.tickets + rows.appUsage;
}
