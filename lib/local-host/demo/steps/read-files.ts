import { join } from 'node:path';
import type { Demo } from '../demo.ts';
import { mustHold } from '../demo-error.ts';
import { formatBytes, formatCount, formatDuration } from '../format.ts';
import type { DemoManifest, ManifestFile, ManifestTable } from '../manifest.ts';
import { type PartContent, readPart } from '../read-part.ts';
import { sampleTenants } from '../sample/tenants.ts';
import { readTicketTexts } from '../sample-texts.ts';

/** Reads every file with an independent CSV parser, row by row, and compares it with the manifest. */
export async function readFiles(
  { narrator, signal }: Demo,
  manifest: DemoManifest,
  { directory, databaseFile }: { readonly directory: string; readonly databaseFile: string },
): Promise<void> {
  narrator.step('Every row read back');
  const { northwind } = sampleTenants;
  const total = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const startedMs = performance.now();
  let rows = 0;
  let uncompressedBytes = 0;
  const texts = readTicketTexts(databaseFile, northwind.id);
  const onRows = (more: number): void => {
    rows += more;
    narrator.progress(`${formatCount(rows)} of ${formatCount(total)} rows`);
  };
  for (const table of manifest.tables) {
    for (const file of table.files) {
      const reading = {
        signal,
        onRows,
        ...(table.name === 'tickets' ? { onRecord: texts.check } : {}),
      };
      const content = await readPart(join(directory, file.name), northwind.id, reading);
      checkContent(content, table, file);
      uncompressedBytes += content.uncompressedBytes;
    }
  }
  const took = formatDuration(performance.now() - startedMs);
  narrator.done(`${formatCount(rows)} rows parsed with the csv-parse library in ${took}`);
  narrator.note(
    `${formatBytes(uncompressedBytes)} of text; headers, rows and bytes as in the manifest`,
  );
  mustHold(texts.equal === northwind.rows.tickets, 'Not every ticket was read back.');
  narrator.done(
    `${formatCount(texts.equal)} ticket texts equal the database’s, character by character`,
  );
  narrator.note('with their quotes, line breaks, emoji, formulas and right-to-left letters');
  narrator.done(`Every row is ${northwind.name}’s (${northwind.id}); of anybody else: 0`);
}

function checkContent(content: PartContent, table: ManifestTable, file: ManifestFile): void {
  const { name } = file;
  mustHold(
    content.columns.join() === table.columns.join(),
    `${name} has another header than the manifest says.`,
  );
  mustHold(
    content.rows === file.rows,
    `${name} has ${formatCount(content.rows)} rows instead of ${formatCount(file.rows)}.`,
  );
  mustHold(
    content.uncompressedBytes === file.uncompressedBytes,
    `${name} has another size than the manifest says once it is uncompressed.`,
  );
  mustHold(
    content.foreignRows === 0,
    `${name} holds ${formatCount(content.foreignRows)} rows of another tenant.`,
  );
}
