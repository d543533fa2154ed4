import { readQueries } from '../../../../infra/monitoring/read-queries.ts';
import { createLineLog } from '../../../../lib/adapters/log/line-log.ts';
import type { LogFields } from '../../../../lib/core/log.ts';
import { runQuery } from '../engine/run-query.ts';
import type { Row } from '../engine/values.ts';
import { minutesOf, readAlerts } from './alerts.ts';

export const now = new Date('2026-11-20T12:00:00Z');

const alerts = readAlerts();
const queries = readQueries('alerts');

interface Rows {
  readonly traces?: readonly Row[];
  readonly requests?: readonly Row[];
  readonly reads?: readonly Row[];
  /** How old the workspace is; so old that it does not matter where left out. */
  readonly ageHours?: number;
}

/** The rows with which an alert fires; none: it is quiet. The query sees what Azure would show it. */
export function firing(name: string, { traces, requests, reads, ageHours }: Rows): readonly Row[] {
  const alert = alerts.find((candidate) => candidate.name === name);
  const query = queries.get(name);
  if (alert === undefined || query === undefined) throw new TypeError(`No alert ${name}.`);
  const birth = ago((ageHours ?? 24 * 365) * 60).toISOString();
  return runQuery(query.replace('2000-01-01T00:00:00Z', birth), {
    now,
    lookBackMinutes: minutesOf(alert.windowSize),
    tables: {
      AppTraces: [...(traces ?? []), ...decoys()],
      AppRequests: requests ?? [],
      StorageBlobLogs: reads ?? [],
    },
  });
}

/** A line of the app, as the host keeps what the app's own log writes. */
export function trace(minutesAgo: number, message: string, fields: LogFields = {}): Row {
  const written: string[] = [];
  const at = ago(minutesAgo);
  const log = createLineLog(
    (line) => written.push(line),
    () => at,
  );
  log.info(message, fields);
  return { TimeGenerated: at, Message: written.join('').trimEnd() };
}

/**
 * The newest lines are always ones that only quote the app's own, with fields that would alarm
 * anybody: as JSON of another message, and as text of another part of the process.
 */
function decoys(): Row[] {
  const quote = [...queries.values()].join(' ');
  const fields = {
    quote,
    status: 'failed',
    lagSeconds: 1e9,
    overdue: 1e9,
    oldestOverdueSeconds: 1e9,
    oldestPendingSeconds: 1e9,
    code: 'decoy',
    check: 'decoy',
    chain: 'decoy',
    seq: 1,
  };
  const lines = [1, 2, 3, 4, 5].map(() => trace(0, 'something else', fields));
  return [...lines, { TimeGenerated: now, Message: `about ${quote}` }];
}

export function ago(minutes: number): Date {
  return new Date(now.getTime() - minutes * 60_000);
}
