import { join } from 'node:path';
import { z } from 'zod';
import { benchTable, benchTenant } from './bench-table.ts';
import { freshContainer } from './fresh-container.ts';
import { runProgram } from './run-program.ts';
import type { Run, Side } from './side.ts';
import type { Stage } from './stage.ts';

/** What a Node developer writes: rows by a cursor, csv-stringify, fflate, uploadStream. */
export function rowsSide(stage: Stage): Side {
  return {
    name: 'rows',
    title: 'Node: pg rows, csv-stringify, fflate ZIP level 6, uploadStream',
    run: () => runRows(stage),
  };
}

const fileName = 'rows.zip';
const outcome = z.strictObject({ wallMs: z.number() });

async function runRows(stage: Stage): Promise<Run> {
  const { containerName } = await freshContainer(stage, 'rows');
  const output = await runProgram({
    command: process.execPath,
    args: [join(import.meta.dirname, 'rows-process.ts')],
    env: {
      DATABASE_URL: stage.databaseUrl,
      STORAGE: stage.azurite.connectionString,
      CONTAINER: containerName,
      FILE: fileName,
      TABLE: benchTable,
      TENANT: benchTenant,
    },
    signal: stage.signal,
  });
  const { wallMs } = outcome.parse(JSON.parse(output));
  return { wallMs, container: containerName, files: [{ name: fileName }] };
}
