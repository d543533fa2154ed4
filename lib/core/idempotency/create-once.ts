import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { asSluiceError, SluiceError } from '../errors.ts';
import type { IdempotencyStore } from '../exports/stores.ts';
import { limits } from '../limits.ts';

/** A request that makes something whose answer cannot be given twice, because it shows a secret. */
export interface CreationOrder {
  readonly tenantId: string;
  /** Who asks, as `principalName` says it; each has Idempotency-Keys of its own. */
  readonly requestedBy: string;
  /** What is made; the same Idempotency-Key may stand for one of each kind. */
  readonly kind: 'webhook' | 'key' | 'tenant';
  /** Absent: the request is made each time that it is sent. */
  readonly idempotencyKey?: string | undefined;
  /** What the caller sent; of it only a keyed hash is kept. */
  readonly request: unknown;
}

export interface Creation<T> {
  newId(): string;
  /** True when something of this id was made, whatever became of it. */
  exists(id: string): Promise<boolean>;
  /** Makes it under this id; throws `already_exists` when somebody else was faster. */
  make(id: string): Promise<T>;
}

export interface CreateOnceDeps {
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
}

/**
 * Makes a thing once for an Idempotency-Key within `limits.idempotencyHours`. Its id is claimed before
 * it is made, so a try that died is made good by the next one, under the same id. A repetition throws
 * `already_created` with the id, another request with the same key `idempotency_key_reused`.
 */
export async function createOnce<T>(
  deps: CreateOnceDeps,
  order: CreationOrder,
  creation: Creation<T>,
): Promise<T> {
  const { idempotencyKey } = order;
  if (idempotencyKey === undefined) return creation.make(creation.newId());
  const id = await claimedId(deps, order, idempotencyKey, creation.newId());
  if (await creation.exists(id)) throw alreadyCreated(id);
  try {
    return await creation.make(id);
  } catch (error) {
    throw asSluiceError(error).code === 'already_exists' ? alreadyCreated(id) : error;
  }
}

async function claimedId(
  { idempotency, clock }: CreateOnceDeps,
  order: CreationOrder,
  idempotencyKey: string,
  madeId: string,
): Promise<string> {
  const now = clock();
  const requestHash = hashUnder(idempotencyKey, order.request);
  const held = await idempotency.claim(
    order.tenantId,
    nameOf(order, idempotencyKey),
    { madeId, requestHash, claimedAt: now },
    new Date(now.getTime() - limits.idempotencyHours * 3_600_000),
  );
  if (held.requestHash === requestHash) return held.madeId;
  throw new SluiceError('idempotency_key_reused', {
    message: 'This Idempotency-Key was used for another request. Use a new key for a new request.',
  });
}

/** JSON keeps the parts apart, whatever characters they are made of. */
function nameOf({ requestedBy, kind }: CreationOrder, idempotencyKey: string): string {
  const name = JSON.stringify([requestedBy, kind, idempotencyKey]);
  return createHash('sha256').update(name).digest('hex');
}

/**
 * The request may hold a weak password, and the table's reader could guess it from a plain hash. The
 * Idempotency-Key itself is not kept.
 */
function hashUnder(idempotencyKey: string, request: unknown): string {
  return createHmac('sha256', idempotencyKey).update(JSON.stringify(request)).digest('hex');
}

function alreadyCreated(createdId: string): SluiceError {
  return new SluiceError('already_created', {
    message:
      'The first request with this Idempotency-Key made it, and its secret is shown once. If you have not got that answer, delete what was made (`id`) and ask again with a new key.',
    createdId,
  });
}
