import type { HttpRequest, InvocationContext } from '@azure/functions';
import { operatorChain, systemActor } from '../../lib/core/audit/audit-event.ts';
import { SluiceError } from '../../lib/core/errors.ts';
import type { DeliveryStarter } from '../../lib/core/exports/starter.ts';
import type { Services } from '../services.ts';
import { admitted, type Knock } from './audit/record-refusal.ts';
import { findCredentialsInUrl } from './credentials-in-url.ts';
import { countFailure, isOperator } from './guard.ts';
import type { HttpDeps } from './http-deps.ts';
import { readCallerAddress } from './request-facts.ts';

/**
 * Throws `key_in_url` when the URL holds a credential. It counts as a failed authentication, and only
 * while there is room in that count (else `too_many_requests`) are keys looked up: those that are ours
 * are flagged, and their tenants told. The refusal is an event like any other.
 */
export async function refuseCredentialsInUrl(
  { services, keyHeaders, makeStarter }: HttpDeps,
  request: HttpRequest,
  context: InvocationContext,
  source: Pick<Knock, 'requestId' | 'route'>,
): Promise<void> {
  const { keys, texts, isRefused } = findCredentialsInUrl(request.url, keyHeaders);
  const isOperators = await holdsOperatorKey(services, texts);
  if (!isRefused && !isOperators) return;
  const address = readCallerAddress(request.headers);
  const place = address === undefined ? {} : { address };
  await admitted(services, { ...source, presented: place }, async () =>
    countFailure(services, address),
  );
  if (isOperators) await tellOperator(services, source);
  const [text] = await flagAll(services, keys, makeStarter(context));
  const credential = text === undefined ? {} : { credential: { kind: 'key' as const, text } };
  await admitted(services, { ...source, presented: { ...place, ...credential } }, async () => {
    throw new SluiceError('key_in_url', {
      message:
        'URLs end up in logs. Send the key in a header (`Authorization: Bearer <key>`), and replace it if it was in this URL.',
    });
  });
}

/** Compared in memory and in constant time; nothing is looked up for it. */
async function holdsOperatorKey(services: Services, texts: readonly string[]): Promise<boolean> {
  for (const text of texts) if (await isOperator(services, text)) return true;
  return false;
}

async function tellOperator(
  { audit, log }: Services,
  { requestId: id, route }: Pick<Knock, 'requestId' | 'route'>,
): Promise<void> {
  log.warn("the operator's key was in a URL and must be replaced", { requestId: id });
  try {
    await audit.record(operatorChain, {
      action: 'key.expose',
      actor: systemActor,
      target: { type: 'key', id: 'operator' },
      outcome: { result: 'success' },
      request: { id, route },
    });
  } catch (error) {
    log.error('exposed key could not be flagged', error);
  }
}

/** Those of the keys that are ours. The caller must hear of the mistake even when it cannot be noted down. */
async function flagAll(
  { keys: service, log }: Services,
  keys: readonly string[],
  starter: DeliveryStarter,
): Promise<readonly string[]> {
  const own: string[] = [];
  for (const key of keys) {
    try {
      const record = await service.flagExposed(key, starter);
      if (record !== undefined) own.push(key);
    } catch (error) {
      log.error('exposed key could not be flagged', error);
    }
  }
  return own;
}
