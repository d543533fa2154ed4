import { Client, DatabaseError, type QueryResultRow } from 'pg';
import type { PostgresSourceConfig } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import { requestCancel } from './cancel-request.ts';
import {
  type ConnectionSettings,
  type PostgresDeps,
  readConnectionSettings,
} from './connection-settings.ts';
import { CopyReader } from './copy-reader.ts';
import { type CopyTap, installCopyTap } from './copy-tap.ts';
import { lockTimeoutSeconds } from './lock-timeout.ts';
import { backendKeyOf, rawConnectionOf } from './pg-internals.ts';
import { type Backend, guardSilence, isBackendLost, type Silence } from './silence.ts';
import { cancelledError, translateError } from './translate-error.ts';

/**
 * One connection for one snapshot. Aborting the signal cancels the running statement on the server and
 * destroys the connection; whoever waits then gets the abort's error.
 */
export class PostgresSession {
  readonly #client: Client;
  readonly #settings: ConnectionSettings;
  readonly #options: SessionOptions;
  #tap: CopyTap | undefined;
  #copy: CopyReader | undefined;
  #isConnected = false;
  #hasFailed = false;
  #backend: Backend | undefined;
  #running = 0;
  #cancelling: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  readonly #onAbort = () => this.#abandon();

  private constructor(client: Client, settings: ConnectionSettings, options: SessionOptions) {
    this.#client = client;
    this.#settings = settings;
    this.#options = options;
  }

  /** Connects. Throws `secret_unavailable`, `source_unreachable` or the abort's error. */
  static async connect(options: SessionOptions): Promise<PostgresSession> {
    const { config, deps, signal } = options;
    if (signal.aborted) throw cancelledError(signal);
    const settings = await readConnectionSettings(config, deps);
    const client = new Client(clientConfig(settings, config));
    const session = new PostgresSession(client, settings, options);
    await session.#open();
    return session;
  }

  /** Runs one statement and answers its rows. Errors name the table, when one is given. */
  async rows<R extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
    table?: string,
  ): Promise<readonly R[]> {
    return await this.#ask(table, async () => {
      const result = await this.#client.query<R>(text, [...values]);
      return result.rows;
    });
  }

  /** Runs statements without values, in one journey, for what they do and not for their rows. */
  async run(statements: string, table?: string): Promise<void> {
    await this.#ask(table, () => this.#client.query(statements));
  }

  /** Says which process works for this session: from now on a statement may take as long as it works. */
  watch(backend: Backend): void {
    this.#backend = backend;
  }

  /** True when a statement failed and the transaction waits to go back to a savepoint. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** False when the connection is broken or was ended. */
  get isUsable(): boolean {
    return !this.#options.signal.aborted && !this.#client.connection.stream.destroyed;
  }

  /** Starts a COPY TO STDOUT; nothing else runs on this session until it is over. */
  copy(sql: string, { table, isMarked }: CopyRequest): CopyReader {
    this.#requireIdle();
    const reader = new CopyReader({
      sql,
      table,
      isMarked,
      silence: this.#silence(),
      translate: (error) => this.#translate(error, table),
      onEnd: () => this.#untap(),
    });
    reader.attach(rawConnectionOf(this.#client));
    this.#copy = reader;
    if (this.#tap !== undefined) this.#tap.sink = reader;
    this.#client.query(reader);
    return reader;
  }

  /** Rolls back and closes within a few seconds; a statement that still runs is cancelled. */
  async end(): Promise<void> {
    this.#ending ??= this.#endOnce();
    await this.#ending;
  }

  async #ask<T>(table: string | undefined, statement: () => Promise<T>): Promise<T> {
    this.#requireIdle();
    const stopGuard = guardSilence(this.#silence(), () => this.#client.connection.stream.destroy());
    this.#running += 1;
    try {
      const answer = await statement();
      this.#hasFailed = false;
      return answer;
    } catch (error) {
      throw this.#translate(error, table);
    } finally {
      stopGuard();
      this.#running -= 1;
    }
  }

  async #open(): Promise<void> {
    const { signal, deps } = this.#options;
    // A broken connection also fails the statement that runs, and that is where it is reported.
    this.#client.on('error', () => {});
    signal.addEventListener('abort', this.#onAbort);
    try {
      // It may have happened while the secrets were read.
      signal.throwIfAborted();
      const connected = this.#client.connect();
      this.#tapBeforeFirstByte();
      await connected;
      this.#isConnected = true;
    } catch (error) {
      await this.end();
      throw translateError(error, { source: deps.name, step: 'connect', signal });
    }
  }

  #tapBeforeFirstByte(): void {
    const connection = rawConnectionOf(this.#client);
    const tap = () => {
      this.#tap = installCopyTap(connection.stream);
    };
    // With TLS the stream is another one after the handshake.
    if (this.#settings.tls === false) tap();
    else connection.once('sslconnect', tap);
  }

  #untap(): void {
    if (this.#tap !== undefined) this.#tap.sink = undefined;
  }

  #requireIdle(): void {
    const { signal } = this.#options;
    if (signal.aborted) throw cancelledError(signal);
    if (this.#copy?.isOpen === true) {
      throw new TypeError('A stream of this snapshot is still open: read it to its end first.');
    }
  }

  #translate(error: unknown, table: string | undefined): SluiceError {
    const { deps, signal } = this.#options;
    // The client learns of it a little later than whoever waits for the statement.
    if (error instanceof DatabaseError) this.#hasFailed = true;
    const named = table === undefined ? {} : { table };
    const { statementTimeoutMinutes: limitMinutes } = this.#options.config;
    const limit = limitMinutes === undefined ? {} : { limitMinutes };
    return translateError(error, { source: deps.name, step: 'query', signal, ...named, ...limit });
  }

  /** The server's own limit comes first, where there is one; then we know that something is wrong. */
  #silence(): Silence {
    const { statementTimeoutMinutes: limit } = this.#options.config;
    const backend = this.#backend;
    if (limit === undefined && backend !== undefined) {
      const open = () => new Client(clientConfig(this.#settings, this.#options.config));
      return { checkMs: silenceCheckMs, isLost: () => isBackendLost(open, backend) };
    }
    const limitMs = limit === undefined ? lockTimeoutSeconds * 1000 : limit * 60_000;
    return { checkMs: limitMs + silenceGraceMs, isLost: async () => true };
  }

  #abandon(): void {
    const key = backendKeyOf(this.#client);
    if (key !== undefined) this.#cancelling ??= requestCancel(this.#settings, key);
    this.#copy?.fail(cancelledError(this.#options.signal));
    this.#client.connection.stream.destroy();
  }

  async #endOnce(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    if (this.#running > 0 || this.#copy?.isRunning === true) this.#abandon();
    this.#copy?.fail(new SluiceError('cancelled', { internal: 'The snapshot was closed.' }));
    const deadline = setTimeout(() => this.#client.connection.stream.destroy(), endTimeoutMs);
    // Whatever fails here, the server rolls back by itself when the connection is gone.
    if (this.#isConnected) await this.#client.query('rollback').catch(() => {});
    await this.#client.end().catch(() => {});
    clearTimeout(deadline);
    await this.#cancelling;
  }
}

export interface CopyRequest {
  /** The table's public name. */
  readonly table: string;
  /** True when each record begins with the tripwire's mark. */
  readonly isMarked: boolean;
}

export interface SessionOptions {
  readonly config: PostgresSourceConfig;
  readonly deps: PostgresDeps;
  readonly signal: AbortSignal;
}

const silenceGraceMs = 30_000;
const silenceCheckMs = 300_000;
const endTimeoutMs = 3_000;

function clientConfig({ address, tls }: ConnectionSettings, config: PostgresSourceConfig) {
  return {
    host: address.host,
    port: address.port,
    user: address.user,
    database: address.database,
    // As a function, because for an empty text pg would look into the environment and into files.
    password: () => address.password,
    ssl: tls,
    application_name: 'sluice',
    connectionTimeoutMillis: config.connectTimeoutSeconds * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}
