import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ApiClient } from '../api-client.ts';
import type { Demo } from '../demo.ts';
import { mustHold } from '../demo-error.ts';
import { downloadAll } from '../download.ts';
import { formatBytes, formatDuration } from '../format.ts';
import type { DemoManifest } from '../manifest.ts';
import { type FileLink, issueLinks } from '../sluice-api.ts';

export interface FetchedFiles {
  readonly directory: string;
  readonly links: readonly FileLink[];
}

/** Asks for links and fetches every file with them. */
export async function fetchFiles(
  demo: Demo,
  owner: ApiClient,
  manifest: DemoManifest,
): Promise<FetchedFiles> {
  const { narrator, workplace, signal } = demo;
  narrator.step('Time-bound links, and every file over them');
  const { expiresAt, files: links } = await issueLinks(owner, manifest.exportId);
  checkLinks(links, manifest);
  const minutes = Math.round((expiresAt.getTime() - Date.now()) / 60_000);
  narrator.done(`${links.length} links, read-only, valid for ${minutes} minutes`);
  const directory = join(workplace.out, manifest.exportId);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const total = links.reduce((sum, link) => sum + link.bytes, 0);
  const startedMs = performance.now();
  let fetched = 0;
  const onBytes = (bytes: number): void => {
    fetched += bytes;
    narrator.progress(`${formatBytes(fetched)} of ${formatBytes(total)}`);
  };
  await downloadAll({ links, directory, signal, onBytes });
  const took = formatDuration(performance.now() - startedMs);
  narrator.done(`${formatBytes(total)} in ${took}, four files at a time; sizes and SHA-256 match`);
  narrator.note(relative(demo.directory, directory));
  return { directory, links };
}

/** There is a link for every file of the manifest and for no other, with the very same facts. */
function checkLinks(links: readonly FileLink[], { tables }: DemoManifest): void {
  const facts = (file: Omit<FileLink, 'url'>): string =>
    [file.name, file.rows, file.bytes, file.sha256].join(' ');
  const listed = tables.flatMap(({ files }) => files.map(facts)).sort();
  const linked = links.map(facts).sort();
  mustHold(listed.join('\n') === linked.join('\n'), 'The links are not for the manifest’s files.');
}
