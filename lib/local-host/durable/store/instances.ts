import type { DatabaseSync } from 'node:sqlite';
import type { ParentInstance } from '../events.ts';
import { numberOf, type Row, textOf, textOrNull } from './rows.ts';

export const runtimeStatuses = [
  'Pending',
  'Running',
  'Completed',
  'ContinuedAsNew',
  'Failed',
  'Canceled',
  'Terminated',
  'Suspended',
] as const;
export type RuntimeStatus = (typeof runtimeStatuses)[number];

/** One orchestration instance; `…Json` fields hold JSON text. Times are ISO 8601, UTC. */
export interface Instance {
  readonly id: string;
  readonly executionId: string;
  readonly name: string;
  readonly version: string | null;
  readonly status: RuntimeStatus;
  readonly inputJson: string | null;
  readonly outputJson: string | null;
  readonly customStatusJson: string | null;
  /** The actions of the last answer, to notice an orchestrator that changes its mind. */
  readonly actionsJson: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** How often this id was started by a client, counted from 0. */
  readonly generation: number;
  readonly parent: ParentInstance | undefined;
}

/** Which instances to list; all of them unless told otherwise. */
export interface InstanceFilter {
  readonly createdFrom?: string | undefined;
  readonly createdTo?: string | undefined;
  readonly statuses?: readonly RuntimeStatus[] | undefined;
  readonly idPrefix?: string | undefined;
}

export type InstanceStore = ReturnType<typeof createInstanceStore>;

/** True when nothing will happen to the instance any more. */
export function isFinished({ status }: Instance): boolean {
  return ['Completed', 'Failed', 'Canceled', 'Terminated'].includes(status);
}

/** The instances of a state file. */
export function createInstanceStore(database: DatabaseSync) {
  const find = database.prepare('select * from instances where id = ?');
  const save = database.prepare(
    `insert or replace into instances (id, execution_id, name, version, status, input, output, custom_status, actions,
      created_at, updated_at, generation, parent_name, parent_id, parent_execution_id, parent_task_id)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare('delete from instances where id = ?');
  const list = database.prepare(
    `select * from instances where created_at >= ? and created_at <= ? and substr(id, 1, length(?)) = ?
     and (created_at, id) > (?, ?) order by created_at, id`,
  );
  return {
    find: (id: string): Instance | undefined => {
      const row = find.get(id);
      return row === undefined ? undefined : toInstance(row);
    },
    save: (instance: Instance): void => {
      save.run(...toColumns(instance));
    },
    remove: (id: string): void => {
      remove.run(id);
    },
    /** Oldest first; `after` is the last instance of the page before. */
    list: (filter: InstanceFilter, after?: Pick<Instance, 'createdAt' | 'id'>): Instance[] => {
      const prefix = filter.idPrefix ?? '';
      const from = filter.createdFrom ?? '';
      const rows = list.all(
        from,
        filter.createdTo ?? '~',
        prefix,
        prefix,
        after?.createdAt ?? '',
        after?.id ?? '',
      );
      const all = rows.map(toInstance);
      return filter.statuses === undefined
        ? all
        : all.filter(({ status }) => filter.statuses?.includes(status));
    },
  };
}

function toColumns(instance: Instance): (string | number | null)[] {
  return [
    instance.id,
    instance.executionId,
    instance.name,
    instance.version,
    instance.status,
    instance.inputJson,
    instance.outputJson,
    instance.customStatusJson,
    instance.actionsJson,
    instance.createdAt,
    instance.updatedAt,
    instance.generation,
    instance.parent?.name ?? null,
    instance.parent?.instanceId ?? null,
    instance.parent?.executionId ?? null,
    instance.parent?.taskId ?? null,
  ];
}

function toInstance(row: Row): Instance {
  const parentId = textOrNull(row, 'parent_id');
  return {
    id: textOf(row, 'id'),
    executionId: textOf(row, 'execution_id'),
    name: textOf(row, 'name'),
    version: textOrNull(row, 'version'),
    status: runtimeStatuses.find((status) => status === row['status']) ?? 'Pending',
    inputJson: textOrNull(row, 'input'),
    outputJson: textOrNull(row, 'output'),
    customStatusJson: textOrNull(row, 'custom_status'),
    actionsJson: textOrNull(row, 'actions'),
    createdAt: textOf(row, 'created_at'),
    updatedAt: textOf(row, 'updated_at'),
    generation: numberOf(row, 'generation'),
    parent:
      parentId === null
        ? undefined
        : {
            name: textOf(row, 'parent_name'),
            instanceId: parentId,
            executionId: textOf(row, 'parent_execution_id'),
            taskId: numberOf(row, 'parent_task_id'),
          },
  };
}
