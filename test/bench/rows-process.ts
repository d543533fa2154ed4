import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { BlockBlobClient } from '@azure/storage-blob';
import { stringify } from 'csv-stringify';
import { Zip, ZipDeflate } from 'fflate';
import { Client } from 'pg';

// The process of the rows side; its own time, without its start, goes to the output.
const batchRows = 5_000;
const blockBytes = 8 * 1024 * 1024;
const uploadsMax = 4;

const startedAt = performance.now();
const client = new Client({ connectionString: setting('DATABASE_URL') });
await client.connect();
const file = setting('FILE');
const target = new BlockBlobClient(setting('STORAGE'), setting('CONTAINER'), file);
await target.uploadStream(Readable.from(zipped(csvOf(batches()))), blockBytes, uploadsMax);
await client.end();
process.stdout.write(JSON.stringify({ wallMs: performance.now() - startedAt }));

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new TypeError(`${name} is missing.`);
  return value;
}

async function* batches(): AsyncGenerator<unknown[][]> {
  await client.query('begin isolation level repeatable read read only');
  await client.query(
    `declare bench no scroll cursor for select * from ${setting('TABLE')} where tenant_id = $1`,
    [setting('TENANT')],
  );
  let batch = await fetchBatch();
  yield [batch.fields.map((field) => field.name)];
  // Ends with the first empty batch.
  while (batch.rows.length > 0) {
    yield batch.rows;
    batch = await fetchBatch();
  }
  await client.query('commit');
}

function fetchBatch() {
  const text = `fetch ${batchRows} from bench`;
  return client.query<unknown[]>({ text, rowMode: 'array' });
}

/** The texts of the same dialect as Sluice writes, as far as they are the stringifier's business. */
function csvOf(source: AsyncIterable<unknown[][]>): AsyncIterable<Buffer> {
  const rows = Readable.from(flat(source));
  const csv = stringify({
    record_delimiter: '\n',
    quoted_match: /^$/,
    cast: {
      boolean: String,
      date: (value) => value.toISOString().replace(/\.?0+Z$/, 'Z'),
      object: (value) => JSON.stringify(value),
    },
  });
  rows.on('error', (error) => csv.destroy(error));
  return rows.pipe(csv);
}

async function* flat(source: AsyncIterable<unknown[][]>): AsyncGenerator<unknown[]> {
  for await (const rows of source) yield* rows;
}

async function* zipped(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  const zip = new Zip((error, piece) => {
    if (error !== null) throw error;
    // The uploader wants Buffers; this one shares the memory.
    pieces.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
  });
  const entry = new ZipDeflate('rows.csv', { level: 6 });
  zip.add(entry);
  for await (const bytes of source) {
    entry.push(bytes);
    yield* pieces;
    pieces = [];
  }
  entry.push(new Uint8Array(0), true);
  zip.end();
  yield* pieces;
}
