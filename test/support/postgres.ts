import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { startEmbeddedPostgres } from './postgres-embedded.ts';

/** A running server and the way in as its superuser. */
export interface PostgresServer {
  readonly adminUrl: string;
  readonly port: number;
  /** Ends the server when it was started here; a server that was given stays. */
  stop(): Promise<void>;
}

/** The server named by `SLUICE_TEST_POSTGRES_URL` (a superuser's URL), else a new one on a free port. */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env['SLUICE_TEST_POSTGRES_URL'];
  if (given === undefined || given === '') return await startEmbeddedPostgres();
  return { adminUrl: given, port: Number(new URL(given).port || 5432), stop: async () => {} };
}

/** A database of its own with two logins: the owner makes the tables, the reader may only SELECT. */
export interface FreshDatabase {
  readonly name: string;
  /** The superuser in this database. */
  readonly adminUrl: string;
  readonly ownerUrl: string;
  readonly ownerRole: string;
  /** The export login: SELECT on all that the owner makes, and nothing else. */
  readonly readerUrl: string;
  readonly readerRole: string;
  /** Runs statements as the owner, on a connection of their own. */
  asOwner(sql: string): Promise<void>;
  /** Runs statements as the superuser, on a connection of their own. */
  asAdmin(sql: string): Promise<void>;
  /** Ends all its connections and removes the database and its logins. */
  drop(): Promise<void>;
}

/** Makes a database (its name is made up unless given) and its two logins. */
export async function freshDatabase(adminUrl: string, name?: string): Promise<FreshDatabase> {
  const stem = name ?? `sluice_test_${randomBytes(5).toString('hex')}`;
  const [ownerRole, readerRole] = [`${stem}_owner`, `${stem}_reader`];
  const password = randomBytes(12).toString('hex');
  await runSql(adminUrl, createLogins(ownerRole, readerRole, password));
  await runSql(
    adminUrl,
    `create database ${escapeIdentifier(stem)} owner ${escapeIdentifier(ownerRole)}
     template template0 encoding 'UTF8'`,
  );
  const ownerUrl = urlOf(adminUrl, stem, ownerRole, password);
  const databaseAdminUrl = urlOf(adminUrl, stem);
  await runSql(databaseAdminUrl, grantReading(ownerRole, readerRole));
  return {
    name: stem,
    adminUrl: databaseAdminUrl,
    ownerUrl,
    ownerRole,
    readerUrl: urlOf(adminUrl, stem, readerRole, password),
    readerRole,
    asOwner: (sql) => runSql(ownerUrl, sql),
    asAdmin: (sql) => runSql(databaseAdminUrl, sql),
    drop: () => dropDatabase(adminUrl, stem, [ownerRole, readerRole]),
  };
}

/** Runs statements on a connection of their own. */
export async function runSql(url: string, sql: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(sql);
  });
}

/** Lends a connected client and ends it afterwards. */
export async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function createLogins(ownerRole: string, readerRole: string, password: string): string {
  const login = (role: string) =>
    `create role ${escapeIdentifier(role)} login password ${escapeLiteral(password)};`;
  return login(ownerRole) + login(readerRole);
}

function grantReading(ownerRole: string, readerRole: string): string {
  const [owner, reader] = [escapeIdentifier(ownerRole), escapeIdentifier(readerRole)];
  return `
    alter schema public owner to ${owner};
    grant usage on schema public to ${reader};
    alter default privileges for role ${owner} grant select on tables to ${reader};
    alter default privileges for role ${owner} grant usage on schemas to ${reader};`;
}

async function dropDatabase(adminUrl: string, name: string, roles: readonly string[]) {
  await runSql(adminUrl, `drop database if exists ${escapeIdentifier(name)} with (force)`);
  for (const role of roles) await runSql(adminUrl, `drop role if exists ${escapeIdentifier(role)}`);
}

function urlOf(adminUrl: string, database: string, user?: string, password?: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = password;
  return url.href;
}
