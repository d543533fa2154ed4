import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Demo } from '../demo.ts';
import { formatBytes, formatCount, formatDuration } from '../format.ts';
import { sampleTenantList } from '../sample/tenants.ts';
import { countSampleRows, ensureSampleDatabase, sampleDatabasePath } from '../sample-database.ts';

/** Makes the vendor's database, or takes the one of an earlier run; answers with its path. */
export async function makeDatabase({ directory, narrator }: Demo): Promise<string> {
  narrator.step('A vendor’s database, made on the spot');
  const file = join(directory, sampleDatabasePath);
  const startedMs = performance.now();
  const isNew = await ensureSampleDatabase({
    file,
    onProgress: (share) => narrator.progress(`${Math.floor(share * 100)} % of the rows`),
  });
  const { size } = await stat(file);
  const how = isNew
    ? `made in ${formatDuration(performance.now() - startedMs)}`
    : 'from an earlier run';
  narrator.done(`${relative(directory, file)}, SQLite, ${formatBytes(size)}, ${how}`);
  for (const { id, name } of sampleTenantList) {
    const rows = [...countSampleRows(file, id).values()].reduce((sum, count) => sum + count, 0);
    narrator.note(`${name.padEnd(18)} ${id}  ${formatCount(rows).padStart(9)} rows`);
  }
  narrator.note('Both in the same five tables; all people and companies are invented.');
  return file;
}
