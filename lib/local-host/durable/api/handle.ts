import { tryParseJson } from '../../json.ts';
import type { Refusal } from '../client.ts';
import * as client from '../client.ts';
import type { Instance } from '../store/instances.ts';
import type { TaskHub } from '../task-hub.ts';
import type { ApiAnswer, ApiRequest } from './answer.ts';
import { listInstances, toFilter } from './list-instances.ts';
import { managementUrls, type PublicEndpoint } from './management-urls.ts';
import { presentStatus, statusCode } from './status.ts';

/** What the client API works with. */
export interface ApiScope {
  readonly hub: TaskHub;
  readonly endpoint: () => PublicEndpoint;
}

/** Answers one call of the Durable client API, as the extension does. */
export function handleClientCall(scope: ApiScope, request: ApiRequest): ApiAnswer {
  const [collection, id, operation, detail] = request.segments;
  if (collection === 'orchestrators' && request.method === 'POST' && id !== undefined) {
    return start(scope, request, id, operation);
  }
  if (collection !== 'instances') return { status: 404 };
  if (id === undefined || id === '') return handleMany(scope, request);
  return operation === undefined
    ? handleOne(scope, request, id)
    : handleOperation(scope, request, { id, operation, detail });
}

function start(
  { hub, endpoint }: ApiScope,
  request: ApiRequest,
  name: string,
  id?: string,
): ApiAnswer {
  const inputJson = request.body === '' ? '""' : request.body;
  if (tryParseJson(inputJson) === undefined) {
    return { status: 400, body: { Message: 'The request content is not valid JSON.' } };
  }
  const version = request.query.get('version') ?? undefined;
  return started(
    endpoint(),
    client.startInstance(hub, { name, instanceId: id, inputJson, version }),
  );
}

function started(endpoint: PublicEndpoint, outcome: Instance | Refusal): ApiAnswer {
  if ('refused' in outcome) return { status: outcome.refused, body: { Message: outcome.message } };
  const urls = managementUrls(endpoint, outcome.id);
  const location = urls['statusQueryGetUri'] ?? '';
  return { status: 202, headers: { location, 'retry-after': '10' }, body: urls };
}

function handleMany({ hub }: ApiScope, request: ApiRequest): ApiAnswer {
  if (request.method === 'GET') return listInstances(hub, request);
  if (request.method !== 'DELETE') return { status: 404 };
  if (!request.query.has('createdTimeFrom')) {
    return {
      status: 400,
      body: { Message: 'Please provide value for "createdTimeFrom" parameter.' },
    };
  }
  const instancesDeleted = client.purgeAll(hub, toFilter(request.query));
  return instancesDeleted === 0 ? { status: 404 } : { status: 200, body: { instancesDeleted } };
}

function handleOne({ hub, endpoint }: ApiScope, request: ApiRequest, id: string): ApiAnswer {
  if (request.method === 'DELETE') {
    const refusal = client.purge(hub, id);
    return refusal === undefined
      ? { status: 200, body: { instancesDeleted: 1 } }
      : refusedAs(refusal);
  }
  const found = client.findInstance(hub, id);
  if (request.method !== 'GET' || 'refused' in found) return { status: 404 };
  const status = statusFor(found, request.query);
  const location = managementUrls(endpoint(), id)['statusQueryGetUri'] ?? '';
  const view = {
    showInput: request.query.get('showInput') !== 'false',
    history: isTrue(request.query, 'showHistory') ? hub.store.histories.read(id) : undefined,
    showHistoryOutput: isTrue(request.query, 'showHistoryOutput'),
  };
  const headers = status === 202 ? { location, 'retry-after': '5' } : {};
  return { status, headers, body: presentStatus(found, view) };
}

function statusFor(instance: Instance, query: URLSearchParams): number {
  const asError =
    isTrue(query, 'returnInternalServerErrorOnFailure') && instance.status === 'Failed';
  return asError ? 500 : statusCode(instance);
}

function isTrue(query: URLSearchParams, name: string): boolean {
  return query.get(name)?.toLowerCase() === 'true';
}

interface Operation {
  readonly id: string;
  readonly operation: string;
  readonly detail: string | undefined;
}

function handleOperation(
  scope: ApiScope,
  request: ApiRequest,
  { id, operation, detail }: Operation,
): ApiAnswer {
  const { hub } = scope;
  if (request.method !== 'POST') return { status: 404 };
  const reason = request.query.get('reason') ?? '';
  switch (operation.toLowerCase()) {
    case 'raiseevent':
      return raise(hub, request, id, detail ?? '');
    case 'terminate':
      return accepted(client.terminate(hub, id, reason));
    case 'suspend':
      return accepted(client.suspend(hub, id, reason));
    case 'resume':
      return accepted(client.resume(hub, id, reason));
    case 'rewind':
      return accepted(client.rewind(hub, id, reason));
    case 'restart':
      return started(
        scope.endpoint(),
        client.restart(hub, id, request.query.get('restartWithNewInstanceId') !== 'false'),
      );
    default:
      return { status: 404 };
  }
}

function raise(hub: TaskHub, request: ApiRequest, id: string, event: string): ApiAnswer {
  const isJson = (request.headers['content-type'] ?? '').toLowerCase().includes('application/json');
  if (!isJson)
    return { status: 400, body: { Message: 'Only application/json request content is supported' } };
  if (request.body !== '' && tryParseJson(request.body) === undefined) {
    return { status: 400, body: { Message: 'The request content is not valid JSON.' } };
  }
  return accepted(client.raiseEvent(hub, id, event, request.body === '' ? null : request.body));
}

function accepted(refusal: Refusal | undefined): ApiAnswer {
  return refusal === undefined ? { status: 202 } : refusedAs(refusal);
}

function refusedAs({ refused, message }: Refusal): ApiAnswer {
  return message === '' ? { status: refused } : { status: refused, body: message };
}
