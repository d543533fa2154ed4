import { type Mistake, SluiceError } from '../errors.ts';
import { limits } from '../limits.ts';
import { scopes } from '../principal.ts';
import { secretNames } from '../secrets.ts';
import { randomBase62 } from './base62.ts';
import { formatKey, keyIdLength, keySecretLength } from './key-format.ts';
import { hashSecret } from './key-hash.ts';
import type { KeyRecord } from './key-record.ts';
import type { KeyServiceDeps, KeyWish, NewKey } from './key-service.ts';

const triesMax = 3;

/** See `KeyService.create`. */
export async function createKey(deps: KeyServiceDeps, wish: KeyWish): Promise<NewKey> {
  requireNoMistakes(wish);
  if ((await deps.tenants.find(wish.tenantId)) === undefined) throw new SluiceError('not_found');
  const pepper = await deps.secrets.get(secretNames.keyPepper);
  // Two equal ids among 62^12 are not to be expected; trying again costs nothing.
  for (let tries = 1; tries <= triesMax; tries++) {
    const id = randomBase62(keyIdLength);
    const secret = randomBase62(keySecretLength);
    const record = recordOf(wish, id, hashSecret(pepper, secret), deps.clock());
    if (await deps.keys.insert(record)) {
      return { key: formatKey({ environment: deps.environment, id, secret }), record };
    }
  }
  throw new SluiceError('internal_error', { internal: 'No free key id was found.' });
}

function recordOf(wish: KeyWish, id: string, secretHash: string, now: Date): KeyRecord {
  const days = wish.expiresInDays ?? limits.keyDaysDefault;
  return {
    id,
    tenantId: wish.tenantId,
    name: wish.name,
    secretHash,
    scopes: [...new Set(wish.scopes)],
    createdBy: wish.createdBy,
    createdAt: now,
    expiresAt: new Date(now.getTime() + days * 86_400_000),
  };
}

function requireNoMistakes(wish: KeyWish): void {
  const mistakes = [...lifeMistakes(wish.expiresInDays), ...scopeMistakes(wish.scopes)];
  if (mistakes.length > 0) throw new SluiceError('invalid_body', { mistakes });
}

function lifeMistakes(days: number | undefined): readonly Mistake[] {
  const isFine =
    days === undefined || (Number.isInteger(days) && days >= 1 && days <= limits.keyDaysMax);
  if (isFine) return [];
  const message = `A whole number of days from 1 to ${limits.keyDaysMax}.`;
  return [{ pointer: '/expiresInDays', message }];
}

/** A tenant's key never does the operator's work. */
function scopeMistakes(wished: readonly string[]): readonly Mistake[] {
  const allowed: readonly string[] = scopes.filter((scope) => scope !== 'operator');
  if (wished.length > 0 && wished.every((scope) => allowed.includes(scope))) return [];
  return [{ pointer: '/scopes', message: `At least one of: ${allowed.join(', ')}.` }];
}
