import { odata } from '@azure/data-tables';
import type { Trace, TraceStore } from '../../core/retention/traces.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityTable } from './entity-table.ts';

const prefix = 'traces-';

/**
 * Partition `traces-` and the day when it is due (`yyyymmdd`, UTC), row export and stage. What is due is
 * one range of partitions.
 */
export function createTraceStore(table: EntityTable): TraceStore {
  return {
    mark: ({ stage, exportId, ...fields }) =>
      table.put(keyOf({ stage, exportId, ...fields }), { ...fields, exportId, stage }),
    async clear(trace) {
      await table.remove(keyOf(trace));
    },
    listDue: (now) => due(table, now),
  };
}

function keyOf({ exportId, stage, at }: Trace): EntityKey {
  return { partition: partitionOf(at), row: `${exportId}.${stage}` };
}

function partitionOf(time: Date): string {
  return prefix + time.toISOString().slice(0, 10).replaceAll('-', '');
}

async function* due(table: EntityTable, now: Date): AsyncGenerator<Trace> {
  const today = partitionOf(now);
  const filter = odata`PartitionKey ge ${prefix} and PartitionKey le ${today} and at le ${now}`;
  for await (const entity of table.scan(filter)) {
    yield {
      tenantId: entity.text('tenantId'),
      exportId: entity.text('exportId'),
      at: entity.date('at'),
      stage: entity.text<Trace['stage']>('stage'),
    };
  }
}
