import type { ExportRecord } from '../../../lib/core/exports/export-record.ts';
import { isRunning } from '../../../lib/core/exports/transitions.ts';
import type { Caller } from '../../../lib/core/labels/caller.ts';
import type { ExportDetails, Services } from '../../services.ts';
import { type Answer, json, runningRetryAfterSeconds } from '../answer.ts';
import { presentExport } from '../present/export.ts';

/** An export, with the time to wait before asking again while it runs. */
export function answerExport(status: number, details: ExportDetails, now: Date): Answer {
  return json(status, presentExport(details, now), waitHeader(details.record));
}

/** What has just been accepted: 202, and where to look. */
export async function acceptExport(
  services: Services,
  caller: Caller,
  record: ExportRecord,
): Promise<Answer> {
  const details = await detailsOf(services, caller, record);
  const answer = answerExport(202, details, services.clock());
  return { ...answer, headers: { ...answer.headers, location: `/api/v1/exports/${record.id}` } };
}

/** What has not begun has no tables yet; reading them could only fail what is accepted already. */
async function detailsOf(
  { exports }: Services,
  caller: Caller,
  record: ExportRecord,
): Promise<ExportDetails> {
  if (record.status === 'pending') return { record, tables: [] };
  return exports.get(caller, record.id);
}

function waitHeader({ status }: ExportRecord): Readonly<Record<string, string>> {
  return isRunning(status) ? { 'retry-after': String(runningRetryAfterSeconds) } : {};
}
