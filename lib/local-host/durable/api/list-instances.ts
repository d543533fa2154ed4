import { type InstanceFilter, runtimeStatuses } from '../store/instances.ts';
import type { TaskHub } from '../task-hub.ts';
import type { ApiAnswer, ApiRequest } from './answer.ts';
import { presentStatus } from './status.ts';

const pageInstancesDefault = 100;

/** One page of instances, oldest first; `x-ms-continuation-token` leads to the next one while there is any. */
export function listInstances({ store }: TaskHub, { query, headers }: ApiRequest): ApiAnswer {
  const after = readToken(headers['x-ms-continuation-token']);
  const top = Number(query.get('top') ?? pageInstancesDefault);
  const count = Number.isInteger(top) && top > 0 ? top : pageInstancesDefault;
  const found = store.instances.list(toFilter(query), after);
  const page = found.slice(0, count);
  const view = {
    showInput: query.get('showInput') !== 'false',
    history: undefined,
    showHistoryOutput: false,
  };
  const last = page.at(-1);
  const isLastPage = found.length <= count || last === undefined;
  return {
    status: 200,
    headers: isLastPage ? {} : { 'x-ms-continuation-token': toToken(last.createdAt, last.id) },
    body: page.map((instance) => presentStatus(instance, view)),
  };
}

/** The filter of a query string; names of states are matched without regard to case. */
export function toFilter(query: URLSearchParams): InstanceFilter {
  const wanted = (query.get('runtimeStatus') ?? '').toLowerCase().split(',').filter(Boolean);
  return {
    createdFrom: toTime(query.get('createdTimeFrom')),
    createdTo: toTime(query.get('createdTimeTo')),
    idPrefix: query.get('instanceIdPrefix') ?? undefined,
    statuses:
      wanted.length === 0
        ? undefined
        : runtimeStatuses.filter((status) => wanted.includes(status.toLowerCase())),
  };
}

function toTime(text: string | null): string | undefined {
  const timeMs = Date.parse(text ?? '');
  return Number.isNaN(timeMs) ? undefined : new Date(timeMs).toISOString();
}

function toToken(createdAt: string, id: string): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64');
}

function readToken(token: string | undefined): { createdAt: string; id: string } | undefined {
  if (token === undefined) return undefined;
  const [createdAt, id] = JSON.parse(Buffer.from(token, 'base64').toString());
  return { createdAt: String(createdAt), id: String(id) };
}
