import { once } from 'node:events';
import { createServer, connect as openSocket, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SluiceError } from '../../../lib/core/errors.ts';
import type { Column } from '../../../lib/core/sources/column.ts';
import type { Snapshot, Source, TableStream } from '../../../lib/core/sources/source.ts';
import { withClient } from '../../support/postgres.ts';
import { catalogTable } from './catalog-table.ts';
import { type PostgresHarness, postgresSource, startPostgresHarness } from './postgres-harness.ts';
import { drain, failureOf, readRows, until } from './read-stream.ts';

let harness: PostgresHarness;
const orders = catalogTable('orders');

beforeAll(async () => {
  harness = await startPostgresHarness();
  await harness.database.asOwner(`
    create table orders (id int primary key, tenant_id text not null);
    insert into orders values (1, 'acme');
    create view endless as
      select i as id, 'acme' as tenant_id, repeat('x', 180) as note from generate_series(1, 400000) as i;
    create view sleepy as
      select i as id, 'acme' as tenant_id, case when i > 2000 then pg_sleep(0.05)::text end as nap
      from generate_series(1, 1000000) as i;
    create view asleep as select 1 as id, 'acme' as tenant_id, pg_sleep(60)::text as nap;
    create view asleep_twice as
      select i as id, 'acme' as tenant_id from generate_series(1, 2) as i where pg_sleep(30) is not null;
    create view poisoned as
      select i as id, 'acme' as tenant_id, repeat('x', 180) as note,
        case when i > 60000 then ('canary-4711' || i)::int end as n
      from generate_series(1, 100000) as i;
    create view large as
      select i as id, 'acme' as tenant_id, repeat(chr(96 + i), 5000000) as cell from generate_series(1, 3) as i;
    create view huge as select 1 as id, 'acme' as tenant_id, repeat('x', 70000000) as cell;`);
});

afterAll(async () => {
  await harness?.close();
});

function open(source: Source, signal = new AbortController().signal): Promise<Snapshot> {
  return source.openSnapshot({ tenantSourceId: 'acme', tables: [], signal });
}

interface Started {
  readonly columns: readonly Column[];
  readonly stream: TableStream;
}

async function start(snapshot: Snapshot, name: string): Promise<Started> {
  const table = catalogTable(name);
  const columns = await snapshot.describe(table);
  return { columns, stream: await snapshot.stream({ table, columns }) };
}

/** The backends of our adapter in this database. */
async function backends(): Promise<
  readonly { readonly pid: number; readonly waits: string | null }[]
> {
  return await withClient(harness.database.adminUrl, async (client) => {
    const { rows } = await client.query<{ pid: number; waits: string | null }>(
      `select pid, wait_event as waits from pg_stat_activity
       where application_name = 'sluice' and datname = current_database()`,
    );
    return rows;
  });
}

function expectNoSecrets(failure: SluiceError): void {
  const { password } = new URL(harness.database.readerUrl);
  const texts = `${failure.message} ${failure.internal}`;
  expect(texts).not.toContain(password);
  expect(texts).not.toContain('canary');
  expect(texts.toLowerCase()).not.toContain('select');
}

describe('while rows are on their way', () => {
  test('L9 a statement that takes too long is `statement_timeout`, and the snapshot lives on', async () => {
    const source = harness.source({ statementTimeoutMinutes: 0.01 });
    await using snapshot = await open(source);
    const { stream } = await start(snapshot, 'sleepy');
    expect(await readRows(stream, 10)).toBe(10);
    const failure = await failureOf(drain(stream));
    expect(failure.code).toBe('statement_timeout');
    expect(failure.internal).toContain('57014');
    expectNoSecrets(failure);
    expect((await failureOf(readAgain(stream))).code).toBe('statement_timeout');
    expect(await snapshot.count({ table: orders, columns: [] })).toBe(1);
  });

  test('L9 a value that cannot be computed is `query_failed`, and no text shows it', async () => {
    await using snapshot = await open(harness.source());
    // More rows than the reader takes ahead (4 MiB): the error cannot be here before the first of them is read.
    const { stream } = await start(snapshot, 'poisoned');
    expect(await readRows(stream, 10)).toBe(10);
    const failure = await failureOf(drain(stream));
    expect(failure.code).toBe('query_failed');
    expect(failure.internal).toContain('22P02');
    expectNoSecrets(failure);
    const { cells } = await drain((await start(snapshot, 'orders')).stream);
    expect(cells).toEqual([['1', 'acme']]);
  });

  test('L9 a backend that is ended by an administrator is `connection_lost`', async () => {
    await using snapshot = await open(harness.source());
    const { stream } = await start(snapshot, 'sleepy');
    expect(await readRows(stream, 10)).toBe(10);
    const [backend] = await backends();
    await harness.database.asAdmin(`select pg_terminate_backend(${backend?.pid})`);
    expect((await failureOf(drain(stream))).code).toBe('connection_lost');
    expect((await failureOf(snapshot.describe(orders))).code).toBe('connection_lost');
  });

  test('L9 a connection that is cut is `connection_lost`', async () => {
    const proxy = await startProxy(harness.server.port);
    const url = new URL(harness.database.readerUrl);
    url.port = String(proxy.port);
    const source = harness.source({ url: url.href });
    const snapshot = await open(source);
    const { stream } = await start(snapshot, 'endless');
    expect(await readRows(stream, 10)).toBe(10);
    await proxy.cut();
    expect((await failureOf(drain(stream))).code).toBe('connection_lost');
    expect((await failureOf(open(source))).code).toBe('source_unreachable');
    await snapshot[Symbol.asyncDispose]();
  });

  test('a reader that takes its time holds the server back, not the rows in memory', async () => {
    await using snapshot = await open(harness.source());
    const { stream } = await start(snapshot, 'endless');
    const before = process.memoryUsage().arrayBuffers;
    const first = await readRows(stream, 1);
    await until(async () => {
      // The server has sent what fits and waits for us.
      const [backend] = await backends();
      return backend?.waits === 'ClientWrite';
    }, 'the server waits for the reader');
    const heldBytes = process.memoryUsage().arrayBuffers - before;
    expect(heldBytes).toBeLessThan(12 * 1024 * 1024);
    let rows = first;
    for (let more = await readRows(stream, 5_000); more > 0; more = await readRows(stream, 5_000))
      rows += more;
    expect(rows).toBe(400_000);
  });

  test('takes cells of 5 MB, row by row', async () => {
    await using snapshot = await open(harness.source());
    const { stream } = await start(snapshot, 'large');
    const { batchRows, cells } = await drain(stream, 1);
    expect(batchRows).toEqual([1, 1, 1]);
    expect(cells.map((row) => row[2])).toEqual(
      ['a', 'b', 'c'].map((letter) => letter.repeat(5_000_000)),
    );
  });

  test('fails loudly for a row of over 64 MiB', async () => {
    await using snapshot = await open(harness.source());
    const { stream } = await start(snapshot, 'huge');
    expect(await failureOf(drain(stream))).toMatchObject({
      code: 'row_too_large',
      message: expect.stringContaining('64 MiB'),
    });
  });
});

describe('when it is aborted', () => {
  test('a read ends at once, here and on the server', async () => {
    const abort = new AbortController();
    await using snapshot = await open(harness.source(), abort.signal);
    const counting = failureOf(
      snapshot.stream(await selectionOf(snapshot, 'asleep')).then((s) => drain(s)),
    );
    await until(
      async () => (await backends()).some(({ waits }) => waits === 'PgSleep'),
      'it sleeps',
    );
    const abortedAt = performance.now();
    abort.abort();
    expect((await counting).code).toBe('cancelled');
    await until(async () => (await backends()).length === 0, 'the backend is gone');
    expect(performance.now() - abortedAt).toBeLessThan(10_000);
  });

  test('rows that are still under way are dropped, and nothing else in the process is harmed', async () => {
    const thrown: unknown[] = [];
    const note = (error: unknown) => thrown.push(error);
    process.prependListener('uncaughtException', note);
    const abort = new AbortController();
    await using snapshot = await open(harness.source(), abort.signal);
    const { stream } = await start(snapshot, 'endless');
    await stream.read(1);
    await until(
      async () => (await backends()).some(({ waits }) => waits === 'ClientWrite'),
      'the reader is so far behind that the server waits',
    );
    abort.abort();
    expect((await failureOf(drain(stream))).code).toBe('cancelled');
    await until(async () => (await backends()).length === 0, 'the backend is gone');
    process.off('uncaughtException', note);
    expect(thrown).toEqual([]);
  });

  test('disposing in the middle of a stream ends its statement on the server', async () => {
    const snapshot = await open(harness.source());
    const { stream } = await start(snapshot, 'asleep');
    const reading = failureOf(drain(stream));
    await until(
      async () => (await backends()).some(({ waits }) => waits === 'PgSleep'),
      'it sleeps',
    );
    await snapshot[Symbol.asyncDispose]();
    expect((await reading).code).toBe('cancelled');
    await until(async () => (await backends()).length === 0, 'the backend is gone');
  });

  test('disposing while it counts ends the count on the server', async () => {
    const snapshot = await open(harness.source());
    const counting = failureOf(snapshot.count(await selectionOf(snapshot, 'asleep_twice')));
    await until(
      async () => (await backends()).some(({ waits }) => waits === 'PgSleep'),
      'it sleeps',
    );
    await snapshot[Symbol.asyncDispose]();
    expect((await counting).code).toBe('connection_lost');
    await until(async () => (await backends()).length === 0, 'the backend is gone');
  });

  test('an abort while the secret is read ends the opening', async () => {
    const abort = new AbortController();
    const secrets = {
      get 'pg-slow'() {
        abort.abort();
        return harness.database.readerUrl;
      },
    };
    const source = harness.source({ connection: { secret: 'pg-slow' }, secrets });
    expect((await failureOf(open(source, abort.signal))).code).toBe('cancelled');
    expect(await backends()).toEqual([]);
  });

  test('closing the source ends every snapshot', async () => {
    const source = harness.source();
    const snapshots = [await open(source), await open(source)];
    expect((await backends()).length).toBe(snapshots.length);
    await source.close();
    await until(async () => (await backends()).length === 0, 'the backends are gone');
  });
});

describe('when it cannot connect', () => {
  const change = (edit: (url: URL) => void): string => {
    const url = new URL(harness.database.readerUrl);
    edit(url);
    return url.href;
  };

  test.each([
    [
      'nothing listens',
      'ECONNREFUSED',
      (url: URL) => {
        url.port = '1';
      },
    ],
    [
      'the password is wrong',
      '28P01',
      (url: URL) => {
        url.password = 'canary-4711';
      },
    ],
    [
      'the password is missing',
      'NO_PASSWORD. The server asks for a password and the URL in the secret has none',
      (url: URL) => {
        url.password = '';
      },
    ],
    [
      'the user is unknown',
      '28P01',
      (url: URL) => {
        url.username = 'nobody';
      },
    ],
    [
      'the database does not exist',
      '3D000',
      (url: URL) => {
        url.pathname = '/nowhere';
      },
    ],
  ])('%s: `source_unreachable`, with what to look at in the log', async (_, sign, edit) => {
    const failure = await failureOf(open(harness.source({ url: change(edit) })));
    expect(failure.code).toBe('source_unreachable');
    expect(failure.internal).toContain(sign);
    expectNoSecrets(failure);
  });

  test('a server that says nothing: `source_unreachable` within the time limit', async () => {
    const silent = createServer(() => {});
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const url = change((each) => {
      each.port = String(port);
    });
    const failure = await failureOf(open(harness.source({ url, connectTimeoutSeconds: 1 })));
    expect([failure.code, failure.internal]).toEqual([
      'source_unreachable',
      expect.stringContaining('connectTimeoutSeconds'),
    ]);
    silent.close();
  });

  test('a secret that is no connection URL: `secret_unavailable`, without its value', async () => {
    const failure = await failureOf(open(harness.source({ url: 'Server=canary-4711;Password=x' })));
    expect(failure.code).toBe('secret_unavailable');
    expect(failure.internal).toContain('pg-app');
    expectNoSecrets(failure);
  });

  test('a rotated secret works from the next connection on', async () => {
    const { database } = harness;
    const secrets: Record<string, string> = {
      'pg-rotating': change((url) => {
        url.password = 'old';
      }),
    };
    const source = harness.source({ connection: { secret: 'pg-rotating' }, secrets });
    expect((await failureOf(open(source))).code).toBe('source_unreachable');
    secrets['pg-rotating'] = database.readerUrl;
    await using snapshot = await open(source);
    expect(await snapshot.count({ table: orders, columns: [] })).toBe(1);
  });

  test('a missing secret is named', async () => {
    const source = postgresSource({ url: '', connection: { secret: 'not-there' } });
    expect((await failureOf(open(source))).code).toBe('secret_unavailable');
  });
});

async function selectionOf(snapshot: Snapshot, name: string) {
  const table = catalogTable(name);
  return { table, columns: await snapshot.describe(table) };
}

const readAgain = (stream: TableStream): Promise<unknown> => readRows(stream, 1);

/** A relay to the server that can be cut. */
async function startProxy(serverPort: number) {
  const sockets: Socket[] = [];
  const relay = createServer((incoming) => {
    const outgoing = openSocket(serverPort, '127.0.0.1');
    for (const socket of [incoming, outgoing]) socket.on('error', () => {});
    sockets.push(incoming, outgoing);
    incoming.pipe(outgoing).pipe(incoming);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return {
    port: (relay.address() as { port: number }).port,
    cut: async () => {
      for (const socket of sockets) socket.destroy();
      relay.close();
      await once(relay, 'close');
    },
  };
}
