import { expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatSecret,
  redact,
} from '../../../lib/local-host/demo/format.ts';
import type { DemoManifest } from '../../../lib/local-host/demo/manifest.ts';
import { createNarrator } from '../../../lib/local-host/demo/narrator.ts';
import { reportLines } from '../../../lib/local-host/demo/report.ts';
import type { ExportState } from '../../../lib/local-host/demo/sluice-api.ts';
import { describeProgress } from '../../../lib/local-host/demo/steps/run-export.ts';
import { formatTable } from '../../../lib/local-host/demo/table.ts';
import type { Terminal } from '../../../lib/local-host/demo/terminal.ts';

test('counts, sizes and times are written for people', () => {
  expect([0, 999, 1_000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect([0, 1_023, 1_536, 150 * 1_024, 5 * 1_024 ** 3].map(formatBytes)).toEqual([
    '0 B',
    '1,023 B',
    '1.5 KiB',
    '150 KiB',
    '5.0 GiB',
  ]);
  expect([850, 12_345, 125_000].map(formatDuration)).toEqual(['850 ms', '12.3 s', '2 min 5 s']);
});

test('a table is aligned, numbers to the right', () => {
  const columns = [
    { title: 'file', align: 'left' },
    { title: 'rows', align: 'right' },
  ] as const;
  expect(
    formatTable(
      columns,
      [
        ['a.csv', '7'],
        ['longer.csv', '1,000'],
      ],
      2,
    ),
  ).toEqual([
    '  file         rows',
    '  ──────────  ─────',
    '  a.csv           7',
    '  longer.csv  1,000',
  ]);
});

test('the report lists every file and their sum', () => {
  const lines = reportLines({ manifest, directory: 'out/x', durationMs: 61_000 });
  expect(lines.slice(1, 6)).toEqual([
    '    file                     rows  bytes  verified',
    '    ──────────────────  ─────────  ─────  ─────────────────────',
    '    usage-00001.csv.gz  1,000,000  2,048  ✓ size, SHA-256, rows',
    '    usage-00002.csv.gz          5  1,024  ✓ size, SHA-256, rows',
    '    2 files             1,000,005  3,072  3.0 KiB in all',
  ]);
  expect(lines).toContain('    Everything was verified. It took 1 min 1 s.');
});

test('links, keys and signing secrets are cut wherever they appear', () => {
  const key = 'slc_demo_0123456789ab_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg012345';
  const text = redact(`GET /f?sv=1&sig=abc%2Bdef%3D&se=2 ${key} whsec_QUJDREVGRw==`);
  expect(text).toBe('GET /f?sv=1&sig=…&se=2 slc_demo_0123… whsec_…');
  expect(formatSecret(key)).toBe('slc_demo_0123…');
  expect(formatSecret('abcd')).toBe('a…');
});

test('progress says what is known and nothing else', () => {
  const state: ExportState = {
    status: 'processing',
    tablesDone: 1,
    tablesTotal: 5,
    rows: 500_000,
    bytes: 1,
    rowsExpected: 1_000_000,
    percent: 50,
    secondsLeft: 9,
    problems: [],
  };
  expect(describeProgress(state)).toBe(
    '████████████░░░░░░░░░░░░  50 %  500,000 of 1,000,000 rows, about 9 s left',
  );
  const early = { ...state, percent: undefined, rowsExpected: undefined, secondsLeft: undefined };
  expect(describeProgress(early)).toBe('counting the rows');
});

test('away from a terminal, progress is a line every few seconds', () => {
  const written: string[] = [];
  let nowMs = 0;
  const terminal: Terminal = {
    isInteractive: false,
    line: (text = '') => void written.push(text),
    status: () => void written.push('status'),
    paint: (_, text) => text,
  };
  const narrator = createNarrator(terminal, () => nowMs);
  narrator.step('Waiting');
  for (nowMs = 0; nowMs <= 9_000; nowMs += 1_000) narrator.progress(`${nowMs}`);
  narrator.done('There');
  expect(written).toEqual(['', ' 1  Waiting', '      4000', '      8000', '    ✓ There']);
});

const manifest: DemoManifest = {
  exportId: 'x',
  tenantId: 't-1001',
  status: 'ready',
  expiresAt: new Date(0),
  tables: [
    {
      name: 'usage',
      rows: 1_000_005,
      sourceRows: 1_000_005,
      columns: ['id'],
      files: [
        {
          name: 'usage-00001.csv.gz',
          rows: 1_000_000,
          bytes: 2_048,
          uncompressedBytes: 9,
          sha256: '',
        },
        { name: 'usage-00002.csv.gz', rows: 5, bytes: 1_024, uncompressedBytes: 9, sha256: '' },
      ],
    },
  ],
};
