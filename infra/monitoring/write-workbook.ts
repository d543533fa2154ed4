import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readQuery } from './read-queries.ts';
import { printWorkbook } from './workbook/build-workbook.ts';

/** `npm run monitoring:workbook`: rewrites the workbook; a test compares it with the queries in force. */
writeFileSync(join(import.meta.dirname, 'workbook.json'), printWorkbook(readQuery));
