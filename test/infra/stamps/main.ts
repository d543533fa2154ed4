import { join } from 'node:path';
import { reportRuns } from '../bicep/report.ts';
import { checkStamps } from './check-stamps.ts';

/** Checks what the templates would deploy, where there is a Bicep CLI to evaluate them. */
reportRuns(
  'evaluated',
  (bicep) => checkStamps(bicep, join(import.meta.dirname, '../../../infra')),
  'what the templates deploy was not evaluated.',
);
