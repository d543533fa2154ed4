import { createPostgresSource } from '../../../lib/adapters/sources/postgres/create-postgres-source.ts';
import type { PostgresSourceConfig } from '../../../lib/core/catalog/catalog.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import type { Source } from '../../../lib/core/sources/source.ts';
import {
  type FreshDatabase,
  freshDatabase,
  type PostgresServer,
  startPostgres,
} from '../../support/postgres.ts';

/** A server, a database of its own, and sources over it. */
export interface PostgresHarness {
  readonly server: PostgresServer;
  readonly database: FreshDatabase;
  /** A source that signs in with the secret `pg-app`: the reader's URL, unless another is given. */
  source(options?: SourceOptions): Source;
  close(): Promise<void>;
}

export interface SourceOptions
  extends Partial<Omit<PostgresSourceConfig, 'statementTimeoutMinutes'>> {
  /** A minute, unless said otherwise; undefined is no limit. */
  readonly statementTimeoutMinutes?: number | undefined;
  readonly url?: string;
  /** Further secrets by name. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Starts what a file of PostgreSQL tests needs. */
export async function startPostgresHarness(): Promise<PostgresHarness> {
  const server = await startPostgres();
  const database = await freshDatabase(server.adminUrl);
  const sources: Source[] = [];
  return {
    server,
    database,
    source: (options = {}) => {
      const source = postgresSource({ url: database.readerUrl, ...options });
      sources.push(source);
      return source;
    },
    close: async () => {
      for (const source of sources) await source.close();
      await database.drop();
      await server.stop();
    },
  };
}

/** A source by its URL, with the defaults of a catalog; TLS is off because tests stay on this machine. */
export function postgresSource(options: SourceOptions & { readonly url: string }): Source {
  const { url, secrets = {}, ...config } = options;
  // Looked up anew each time, so that a test can rotate a secret.
  const get = async (name: string) => {
    const value = secrets[name] ?? (name === 'pg-app' ? url : undefined);
    if (value === undefined) throw new SluiceError('secret_unavailable', { internal: name });
    return value;
  };
  const { statementTimeoutMinutes, ...merged } = { ...defaults, ...config };
  const limit = statementTimeoutMinutes === undefined ? {} : { statementTimeoutMinutes };
  return createPostgresSource({ ...merged, ...limit }, { name: 'app', secrets: { get } });
}

const defaults: PostgresSourceConfig = {
  kind: 'postgres',
  connection: { secret: 'pg-app' },
  parallelTables: 1,
  maxConnections: 8,
  statementTimeoutMinutes: 1,
  connectTimeoutSeconds: 5,
  tls: { mode: 'disable' },
  allowPowerfulLogin: [],
};
