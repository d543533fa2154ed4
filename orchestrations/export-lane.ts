import type { OrchestrationContext, Task } from 'durable-functions';
import { activityNames, type LaneInput, type TableInput, type TableResult } from './contract.ts';
import { tableRetry } from './policies.ts';

/**
 * Takes its tables one after another and never throws. A table whose attempts are used up has written
 * its failure into its own row; `commitManifest` reads it there.
 */
export function* exportLane(
  context: OrchestrationContext,
): Generator<Task, { readonly tables: number }, unknown> {
  const input = context.df.getInput<LaneInput>();
  if (input === undefined) throw new TypeError('exportLane needs its tables as input.');
  const { tables, ...work } = input;
  for (const table of tables) {
    const result = yield* exportOne(context, { ...work, table });
    if (!result.ok && result.code === 'cancelled') break;
  }
  return { tables: tables.length };
}

function* exportOne(
  context: OrchestrationContext,
  input: TableInput,
): Generator<Task, TableResult, unknown> {
  try {
    return (yield context.df.callActivityWithRetry(
      activityNames.exportTable,
      tableRetry(),
      input,
    )) as TableResult;
  } catch {
    return { ok: false, code: 'internal_error' };
  }
}
