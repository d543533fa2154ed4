import { formatBytes, formatCount, formatDuration } from './format.ts';
import type { DemoManifest, ManifestFile } from './manifest.ts';
import { formatTable, type TableColumn } from './table.ts';

export interface ReportFacts {
  readonly manifest: DemoManifest;
  /** Where the files are, as the reader would type it. */
  readonly directory: string;
  readonly durationMs: number;
}

const columns: readonly TableColumn[] = [
  { title: 'file', align: 'left' },
  { title: 'rows', align: 'right' },
  { title: 'bytes', align: 'right' },
  { title: 'verified', align: 'left' },
];

const verified = '✓ size, SHA-256, rows';

/** The last page: every file with what was proven of it, where it is, and what to try next. */
export function reportLines({ manifest, directory, durationMs }: ReportFacts): readonly string[] {
  const files = manifest.tables.flatMap((table) => table.files);
  const rows = files.map((file) => [file.name, ...numbers(file), verified]);
  const all: ManifestFile = { name: '', sha256: '', uncompressedBytes: 0, ...totals(files) };
  const total = [`${files.length} files`, ...numbers(all), `${formatBytes(all.bytes)} in all`];
  return [
    '',
    ...formatTable(columns, [...rows, total], 4),
    '',
    `    Everything was verified. It took ${formatDuration(durationMs)}.`,
    `    The files are in ${directory}`,
    '',
    '    What to try next',
    ...nextSteps(directory).map((line) => `      ${line}`),
    '',
  ];
}

function nextSteps(directory: string): readonly string[] {
  return [
    `look at the rows      gzip -dc ${directory}/tickets-00001.csv.gz | head`,
    'keep it running       npm start, then use it with curl',
    'export your own data  put your tables into a copy of lib/config/catalog.example.json',
    'clean up              rm -r .sluice/demo',
  ];
}

function numbers({ rows, bytes }: Pick<ManifestFile, 'rows' | 'bytes'>): readonly string[] {
  return [formatCount(rows), formatCount(bytes)];
}

function totals(files: readonly ManifestFile[]): Pick<ManifestFile, 'rows' | 'bytes'> {
  return {
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
  };
}
