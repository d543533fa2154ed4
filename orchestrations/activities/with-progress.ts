import { setTimeout as delay } from 'node:timers/promises';
import { asSluiceError, SluiceError } from '../../lib/core/errors.ts';
import type { ExportRecord } from '../../lib/core/exports/export-record.ts';
import type { ExportStore } from '../../lib/core/exports/stores.ts';
import type { Log } from '../../lib/core/log.ts';
import type { TableInput } from '../contract.ts';
import { tableFacts } from './note-table.ts';
import type { TableClaim } from './table-claim.ts';

const everyMs = 2_000;

export interface ProgressDeps {
  readonly exports: ExportStore;
  readonly clock: () => Date;
  readonly log: Log;
}

/** Rows, bytes and files written so far; changed in place, because it is touched for every batch. */
export interface Counter {
  rows: number;
  bytes: number;
  parts: number;
}

/**
 * Runs the work and writes its progress every two seconds. The same beat looks whether the attempt
 * is over or another run took over, and then aborts the work with that as the reason.
 */
export async function withProgress<T>(
  deps: ProgressDeps,
  input: TableInput,
  claim: TableClaim,
  work: (counter: Counter, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const counter: Counter = { rows: 0, bytes: 0, parts: 0 };
  const stopWork = new AbortController();
  const stopBeat = new AbortController();
  const beating = beat(deps, input, claim, counter, stopWork, stopBeat.signal);
  try {
    return await work(counter, stopWork.signal);
  } catch (error) {
    throw stopWork.signal.aborted ? stopWork.signal.reason : error;
  } finally {
    stopBeat.abort();
    await beating;
  }
}

async function beat(
  deps: ProgressDeps,
  input: TableInput,
  claim: TableClaim,
  counter: Counter,
  stopWork: AbortController,
  stopped: AbortSignal,
): Promise<void> {
  while (await rest(stopped)) {
    try {
      await claim.save({ ...counter, updatedAt: deps.clock() });
      await requireWanted(deps.exports, input);
    } catch (error) {
      if (isEnd(error)) return stopWork.abort(error);
      // The work itself meets the same trouble and decides; a lost beat loses nothing.
      deps.log.warn('progress could not be written', {
        ...tableFacts(input, claim.current),
        code: asSluiceError(error).code,
      });
    }
  }
}

async function rest(stopped: AbortSignal): Promise<boolean> {
  return delay(everyMs, true, { signal: stopped }).catch(() => false);
}

async function requireWanted(exports: ExportStore, input: TableInput): Promise<void> {
  const record = (await exports.find(input.tenantId, input.exportId))?.value;
  const code = record && overCode(record, input);
  if (code !== undefined) throw new SluiceError(code);
}

/** Why this attempt wants no more tables: it was cancelled, or is closing or closed; undefined while it does. */
export function overCode(
  { cancelRequestedAt, closingAt, status, attempt }: ExportRecord,
  input: TableInput,
): 'cancelled' | 'superseded' | undefined {
  if (attempt !== input.attempt || status !== 'processing') return 'superseded';
  if (cancelRequestedAt !== undefined) return 'cancelled';
  return closingAt === undefined ? undefined : 'superseded';
}

function isEnd(error: unknown): boolean {
  return error instanceof SluiceError && ['cancelled', 'superseded'].includes(error.code);
}
