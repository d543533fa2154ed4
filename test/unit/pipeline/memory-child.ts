/**
 * Writes 3,000,000 rows into a slow storage that keeps nothing and prints what memory it took.
 * Started by memory.test.ts with a small heap.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { writeParts } from '../../../lib/pipeline/write-parts.ts';
import { idColumn } from './record-stream.ts';

const batchRows = 500;
const batch = Buffer.from(
  Array.from({ length: batchRows }, (_, row) => {
    const noise = createHash('sha256').update(String(row)).digest('hex');
    return `${row},"Name ${row % 91}, x",${noise},2026-11-20T10:00:00.000Z,true,${'text that repeats itself '.repeat(2)}\n`;
  }).join(''),
);

const rowsTotal = Number(process.argv[2]);
let given = 0;
const firstKib = process.resourceUsage().maxRSS;
let thirdKib = 0;
const totals = await writeParts({
  stream: {
    kind: 'csv',
    async read() {
      if (given === rowsTotal) return undefined;
      given += batchRows;
      if (given === rowsTotal / 3) thirdKib = process.resourceUsage().maxRSS;
      return { bytes: batch, rows: batchRows };
    },
  },
  columns: [idColumn],
  partRows: 1_000_000,
  compression: 'gzip',
  partName: String,
  open: () => ({ stageBlock: () => delay(300), commit: async () => {} }),
  onPart: async () => {},
  signal: new AbortController().signal,
});
const lastKib = process.resourceUsage().maxRSS;
console.log(
  JSON.stringify({
    totals,
    tookMib: (lastKib - firstKib) / 1024,
    grewAfterFirstThirdMib: (lastKib - thirdKib) / 1024,
  }),
);
