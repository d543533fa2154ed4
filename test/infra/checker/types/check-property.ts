import { type Finding, found, type Place } from '../finding.ts';
import { suggestion } from '../suggest.ts';
import type { Property } from '../syntax/expression.ts';
import type { Shape } from './type.ts';

/** Finds a name that a shape does not have, or that only Azure may write. */
export function* checkName({ at, key }: Property, shape: Shape): Generator<Finding> {
  if (typeof key !== 'string') return;
  const { label, members, properties, additional } = shape;
  const known = properties.get(key);
  if (known?.readOnly === true) {
    yield found(at, 'property-read-only', `${key} of ${label} is written by Azure only.`);
  }
  if (known !== undefined || additional !== undefined) return;
  const writable = [...properties].filter(([, { readOnly }]) => !readOnly);
  const near = suggestion(
    key,
    writable.map(([name]) => name),
  );
  yield found(at, `${members}-unknown`, `${label} has no ${members} ${key}.${near}`);
}

/** An output is only ever read. */
const missing = {
  property: 'property-missing',
  param: 'param-missing',
  output: 'output-unknown',
} as const;

/** Finds names that a shape requires and that are not given. */
export function* checkMissing(
  at: Place,
  given: ReadonlySet<string>,
  { label, members, properties }: Shape,
): Generator<Finding> {
  for (const [name, { required, readOnly }] of properties) {
    if (!required || readOnly || given.has(name)) continue;
    yield found(at, missing[members], `${label} needs the ${members} ${name}.`);
  }
}
