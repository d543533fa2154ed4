import { SluiceError } from '../../core/errors.ts';
import type { Endpoint, EndpointStore, FailedChallenge } from '../../core/webhooks/endpoint.ts';
import { defined } from './defined.ts';
import { type Fields, json } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';

/** Partition tenant, row endpoint id. */
export function createEndpointStore(table: EntityTable): EndpointStore {
  return {
    async insert(endpoint) {
      if (await table.insert(keyOf(endpoint.tenantId, endpoint.id), toFields(endpoint))) return;
      throw new SluiceError('already_exists', { internal: 'The endpoint id is taken.' });
    },
    async find(tenantId, endpointId) {
      const entity = await table.find(keyOf(tenantId, endpointId));
      return entity && { value: fromEntity(entity), etag: entity.etag };
    },
    async list(tenantId) {
      return (await table.all({ partition: tenantId })).map(fromEntity);
    },
    async update(endpoint, etag) {
      await table.replace(keyOf(endpoint.tenantId, endpoint.id), toFields(endpoint), etag);
    },
    async remove(tenantId, endpointId) {
      // Looked for first: a repeated delete whose first answer was lost finds nothing any more.
      const entity = await table.find(keyOf(tenantId, endpointId));
      if (entity === undefined) return false;
      await table.remove(keyOf(tenantId, endpointId));
      return true;
    },
  };
}

function keyOf(tenantId: string, endpointId: string): EntityKey {
  return { partition: tenantId, row: endpointId };
}

function toFields({ tenantId, id, ...endpoint }: Endpoint): Fields {
  const { events, eventsSince, auth, lastChallenge, ...plain } = endpoint;
  return {
    ...plain,
    events: json(events),
    eventsSince: json(eventsSince),
    auth: json(auth),
    lastChallenge: json(lastChallenge),
  };
}

function fromEntity(entity: EntityReader): Endpoint {
  return defined({
    tenantId: entity.key.partition,
    id: entity.key.row,
    url: entity.text('url'),
    events: entity.json<Endpoint['events']>('events'),
    auth: entity.json<Endpoint['auth']>('auth'),
    sealedSigningSecret: entity.text('sealedSigningSecret'),
    sealedPreviousSecret: entity.textOr('sealedPreviousSecret'),
    previousSecretUntil: entity.dateOr('previousSecretUntil'),
    sealedAuthSecret: entity.textOr('sealedAuthSecret'),
    createdBy: entity.text('createdBy'),
    createdAt: entity.date('createdAt'),
    eventsSince: eventsSinceOf(entity),
    signFirst: entity.textOr<NonNullable<Endpoint['signFirst']>>('signFirst'),
    verifiedAt: entity.dateOr('verifiedAt'),
    verifiedBy: entity.textOr<NonNullable<Endpoint['verifiedBy']>>('verifiedBy'),
    sealedConsentCode: entity.text('sealedConsentCode'),
    lastChallenge: lastChallengeOf(entity),
    unverifiedAttemptAt: entity.dateOr('unverifiedAttemptAt'),
    disabledAt: entity.dateOr('disabledAt'),
    disabledReason: entity.textOr<NonNullable<Endpoint['disabledReason']>>('disabledReason'),
    failingSince: entity.dateOr('failingSince'),
    lastFailureAt: entity.dateOr('lastFailureAt'),
    failingMs: entity.wholeOr('failingMs'),
  });
}

function eventsSinceOf(entity: EntityReader): Endpoint['eventsSince'] {
  const stored = entity.jsonOr<Readonly<Record<string, string>>>('eventsSince');
  if (stored === undefined) return undefined;
  return Object.fromEntries(Object.entries(stored).map(([type, at]) => [type, new Date(at)]));
}

function lastChallengeOf(entity: EntityReader): Endpoint['lastChallenge'] {
  const stored = entity.jsonOr<Omit<FailedChallenge, 'at'> & { readonly at: string }>(
    'lastChallenge',
  );
  return stored === undefined ? undefined : { ...stored, at: new Date(stored.at) };
}
