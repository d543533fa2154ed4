import { type Mistake, SluiceError } from '../errors.ts';
import { type Labels, ownerScopes, type Principal, type Scope } from '../principal.ts';

/** What a key may do and see. */
export interface KeyRights {
  readonly scopes: readonly Scope[];
  /** Absent: everything of the tenant. */
  readonly labels?: Labels;
}

/** Throws `forbidden` for a key: a stolen one must not be able to outlive its end by making others. */
export function requireKeyMaker(maker: Principal): void {
  if (maker.kind !== 'key') return;
  throw new SluiceError('forbidden', {
    message: 'A key cannot make or rotate keys. Sign in as a person, or ask the operator.',
  });
}

/**
 * The rights that a maker gives to a new key: those that are wished for, else the maker's own. A
 * label that the wish leaves out stays limited as it is for the maker. Throws `forbidden` with every
 * place where the wish is wider than the maker's rights.
 */
export function grantedRights(maker: Principal, wish: Partial<KeyRights>): KeyRights {
  const own = rightsOf(maker);
  const scopes = [...new Set(wish.scopes ?? own.scopes)];
  const labels = { ...own.labels, ...wish.labels };
  const mistakes = [...scopeMistakes(own, scopes), ...labelMistakes(own, labels)];
  if (mistakes.length > 0) throw wider(mistakes);
  return { scopes, ...(Object.keys(labels).length === 0 ? {} : { labels }) };
}

/** True when whoever has the outer rights has the inner ones too. */
export function isWithinRights(inner: KeyRights, maker: Principal): boolean {
  const own = rightsOf(maker);
  return (
    scopeMistakes(own, inner.scopes).length + labelMistakes(own, inner.labels ?? {}).length === 0
  );
}

/**
 * Throws `forbidden` for a key that may do or see more than the principal: whoever could end or turn
 * it would have a say over rights that nobody gave to them.
 */
export function requireWithinRights(
  key: KeyRights,
  principal: Principal,
  verb: 'rotate' | 'revoke',
): void {
  if (isWithinRights(key, principal)) return;
  throw new SluiceError('forbidden', {
    message: `This key may do more than you. Ask somebody with its rights to ${verb} it.`,
  });
}

/** The operator gives a tenant's keys anything but his own work. */
function rightsOf(maker: Principal): KeyRights {
  if (maker.kind === 'operator') return { scopes: ownerScopes };
  const scopes = maker.scopes.filter((scope) => scope !== 'operator');
  return { scopes, ...(maker.labels === undefined ? {} : { labels: maker.labels }) };
}

function scopeMistakes(own: KeyRights, wished: readonly Scope[]): readonly Mistake[] {
  return wished.flatMap((scope, index) => {
    if (own.scopes.includes(scope)) return [];
    return [{ pointer: `/scopes/${index}`, message: `You lack the scope ${scope} yourself.` }];
  });
}

function labelMistakes(own: KeyRights, wished: Labels): readonly Mistake[] {
  return Object.entries(own.labels ?? {}).flatMap(([name, values]) => {
    const asked = Object.hasOwn(wished, name) ? wished[name] : undefined;
    if (asked?.every((value) => values.includes(value)) === true) return [];
    return [{ pointer: `/labels/${name}`, message: 'You see less of this label yourself.' }];
  });
}

function wider(mistakes: readonly Mistake[]): SluiceError {
  return new SluiceError('forbidden', {
    message: 'A key never has more rights than who makes it. `errors` lists what is too much.',
    mistakes,
  });
}
