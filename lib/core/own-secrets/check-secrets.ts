import { type Inspection, inspect } from './inspect.ts';
import { ownSecrets, previousSecrets } from './own-secret.ts';
import type { SecretKeeper } from './secret-keeper.ts';

/** What there is to say of one secret; never its value. */
export interface SecretReport {
  readonly name: string;
  readonly finding:
    | 'ok'
    | 'not_needed'
    | 'missing'
    | 'malformed'
    | 'disabled'
    | 'deleted'
    | 'unfinished';
  /** False when the operator has to do something. */
  readonly isFine: boolean;
  /** When the current version was written. */
  readonly madeAt?: Date;
  /** Until when the name of a deleted secret is taken. */
  readonly goneAt?: Date;
  readonly why?: string;
}

/**
 * Looks at every secret of Sluice's own. `unfinished`: a previous value equals the present one, so a
 * rotation was begun and has not been finished.
 */
export async function checkSecrets(keeper: SecretKeeper): Promise<readonly SecretReport[]> {
  const seen = new Map<string, Inspection>();
  for (const secret of ownSecrets) seen.set(secret.name, await inspect(keeper, secret));
  return ownSecrets.map(({ name, isRequired }) => {
    const found = seen.get(name) ?? { state: 'missing' };
    if (isSameAsPresent(name, found, seen)) return unfinished(name, found);
    return reportOf(name, isRequired, found);
  });
}

function reportOf(name: string, isRequired: boolean, found: Inspection): SecretReport {
  switch (found.state) {
    case 'sound':
      return { name, finding: 'ok', isFine: true, madeAt: found.madeAt };
    case 'malformed':
      return { name, finding: 'malformed', isFine: false, madeAt: found.madeAt, why: found.why };
    case 'disabled':
      return { name, finding: 'disabled', isFine: false };
    case 'missing':
    case 'deleted': {
      if (!isRequired) return { name, finding: 'not_needed', isFine: true };
      const { state: finding, ...rest } = found;
      return { name, finding, isFine: false, ...rest };
    }
  }
}

function isSameAsPresent(
  name: string,
  found: Inspection,
  seen: ReadonlyMap<string, Inspection>,
): boolean {
  const present = seen.get(previousSecrets.find((secret) => secret.name === name)?.of.name ?? '');
  return found.state === 'sound' && present?.state === 'sound' && found.value === present.value;
}

function unfinished(name: string, found: Inspection): SecretReport {
  const madeAt = 'madeAt' in found ? { madeAt: found.madeAt } : {};
  return { name, finding: 'unfinished', isFine: false, ...madeAt };
}
