import { mistakeIn, type OwnSecret } from './own-secret.ts';
import type { SecretKeeper } from './secret-keeper.ts';

/** A secret as it is, or what is the matter with it. */
export type Inspection = SoundSecret | Unsound;

export interface SoundSecret {
  readonly state: 'sound';
  readonly value: string;
  readonly madeAt: Date;
}

export type Unsound =
  | { readonly state: 'missing' }
  | { readonly state: 'disabled' }
  | { readonly state: 'deleted'; readonly goneAt?: Date }
  | { readonly state: 'malformed'; readonly madeAt: Date; readonly why: string };

/** Looks at one secret and whether its value can be used. Throws `secret_unavailable`. */
export async function inspect(keeper: SecretKeeper, secret: OwnSecret): Promise<Inspection> {
  const found = await keeper.look(secret.name);
  if (found.state !== 'present') return found;
  const { value, madeAt } = found;
  const mistake = await mistakeIn(secret, value);
  if (mistake === undefined) return { state: 'sound', value, madeAt };
  return { state: 'malformed', madeAt, why: mistake.internal ?? mistake.message };
}
