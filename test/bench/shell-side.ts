import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { BlobSASPermissions } from '@azure/storage-blob';
import { handWrittenSelect } from './bench-table.ts';
import { freshContainer } from './fresh-container.ts';
import { runProgram } from './run-program.ts';
import type { Run, Side, SideName } from './side.ts';
import type { Stage } from './stage.ts';

// One Put Blob takes 5,000 MiB, so a file needs no blocks here.
const script = `set -euo pipefail
psql "$DATABASE_URL" -X -q -v ON_ERROR_STOP=1 \\
  -c "copy ($SELECT) to stdout (format csv, header)" | $COMPRESS > "$FILE"
sha256sum "$FILE"
curl -fsS -T "$FILE" -H 'x-ms-blob-type: BlockBlob' -H 'content-type: application/gzip' "$BLOB_URL"
`;

/** The same work as a shell script: one file, compressed, digested and uploaded with a SAS. */
export function shellSide(stage: Stage, name: SideName, compress: string): Side {
  return {
    name,
    title: `psql | ${compress} > file, sha256sum, curl`,
    run: () => runShell(stage, name, compress),
  };
}

const fileName = 'rows.csv.gz';

async function runShell(stage: Stage, name: SideName, compress: string): Promise<Run> {
  const container = await freshContainer(stage, name);
  const blobUrl = await container.getBlobClient(fileName).generateSasUrl({
    permissions: BlobSASPermissions.parse('cw'),
    expiresOn: new Date(Date.now() + 24 * 60 * 60 * 1000),
  });
  const folder = await mkdtemp(join(stage.folder, 'shell-'));
  try {
    const startedAt = performance.now();
    const output = await runProgram({
      command: 'bash',
      args: ['--norc', '--noprofile', '-c', script],
      env: {
        DATABASE_URL: stage.databaseUrl,
        SELECT: handWrittenSelect,
        COMPRESS: compress,
        FILE: join(folder, fileName),
        BLOB_URL: blobUrl,
      },
      signal: stage.signal,
    });
    const wallMs = performance.now() - startedAt;
    const [sha256 = ''] = output.split(' ');
    return { wallMs, container: container.containerName, files: [{ name: fileName, sha256 }] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
