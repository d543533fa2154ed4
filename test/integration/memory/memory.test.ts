import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import { freshDatabase, startPostgres } from '../../support/postgres.ts';
import { acceptExport, openWorkshop } from '../../support/workshop.ts';

const heapMiB = 64;
const rows = 3_000_000;
const outcome = z.strictObject({
  result: z.strictObject({ ok: z.literal(true), rows: z.literal(rows) }),
  peakBytes: z.number(),
});

test('3,000,000 rows pass through a heap far below their size, and memory stays under 256 MiB', async () => {
  await using stack = new AsyncDisposableStack();
  const workshop = await openWorkshop();
  stack.defer(workshop.stop);
  const server = await startPostgres();
  stack.defer(() => server.stop());
  const database = await freshDatabase(server.adminUrl);
  stack.defer(() => database.drop());
  await database.asOwner(
    `create view wide as select g as id, 't'::text as tenant_id, md5(g::text) || md5((g + 1)::text) as a,
       repeat(md5((g % 1000)::text), 3) as b from generate_series(1, ${rows}) g`,
  );
  const work = await acceptExport(workshop, ['one']);
  const found = await workshop.deps.tenants.find(work.tenantId);
  if (found === undefined) throw new Error('no tenant');
  await workshop.deps.tenants.update({ ...found.value, sourceId: 't' }, found.etag);
  await planExport(workshop.deps, work);
  const row = await workshop.deps.tables.find(work.exportId, 0);
  if (row === undefined) throw new Error('no table row');
  await workshop.deps.tables.update({ ...row.value, name: 'wide' }, row.etag);

  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--max-old-space-size=${heapMiB}`, join(import.meta.dirname, 'export-process.ts')],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        MEMORY_STORAGE: workshop.azurite.connectionString,
        MEMORY_DATABASE: database.readerUrl,
        MEMORY_TENANT: work.tenantId,
        MEMORY_EXPORT: work.exportId,
      },
    },
  );
  const { peakBytes } = outcome.parse(JSON.parse(stdout));
  const parts = await workshop.deps.parts.list(work.exportId);
  const dataBytes = parts.reduce((sum, part) => sum + part.uncompressedBytes, 0);
  expect(dataBytes).toBeGreaterThan(6 * heapMiB * 1024 * 1024);
  expect(peakBytes).toBeLessThan(256 * 1024 * 1024);
});
