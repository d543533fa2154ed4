import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import { suggestion } from '../suggest.ts';
import { type Expression, plainText } from '../syntax/expression.ts';
import { infer } from './infer.ts';
import { type Choice, choices, kindOf, named, type Type } from './type.ts';

/**
 * Finds a literal that is not among those allowed. Azure's lists of literals are often open, which
 * only means that a later version may know more: here the version is fixed and the list is closed.
 */
export function* checkLiteral(
  value: Expression & { readonly kind: 'text' | 'literal' },
  type: Type,
): Generator<Finding> {
  const literal = value.kind === 'text' ? plainText(value) : value.value;
  const literals = choices(type).flatMap((one) => (one.kind === 'literal' ? [one.value] : []));
  if (literals.some((one) => one === literal)) return;
  const alike = literals.filter((one) => typeof one === typeof literal);
  if (alike.length === 0 || literal === undefined) return yield* kindFinding(value, literal, type);
  const near = suggestion(String(literal), alike.map(String));
  yield found(value.at, 'value-unknown', `${literal} is none of ${alike.join(', ')}.${near}`);
}

function* kindFinding(
  value: Expression,
  literal: string | number | boolean | null | undefined,
  type: Type,
): Generator<Finding> {
  const kind = literalKind(literal);
  if (!choices(type).some((one) => kindOf(one) === kind)) {
    yield found(value.at, 'value-kind', `${named(type)} is wanted here, and this is ${kind}.`);
  }
}

function literalKind(literal: string | number | boolean | null | undefined) {
  if (literal === null) return 'null';
  if (typeof literal === 'number') return 'int';
  return typeof literal === 'boolean' ? 'bool' : 'string';
}

/** Finds a computed value that may be of a type that is not wanted; `string` may be any literal. */
export function* checkKind(model: Model, value: Expression, type: Type): Generator<Finding> {
  const wanted = choices(type);
  const actual = withoutExamples(choices(infer(model, value)));
  if ([...wanted, ...actual].some(({ kind }) => kind === 'any')) return;
  const wrong = actual.filter((one) => !wanted.some((other) => fits(one, other)));
  const [first] = wrong;
  if (first === undefined) return;
  const rule = first.kind === 'null' ? 'value-null' : 'value-kind';
  yield found(value.at, rule, `${named(type)} is wanted here, and this may be ${named(first)}.`);
}

/** Literals next to `string` are only examples of what the string may be. */
function withoutExamples(types: readonly Choice[]): readonly Choice[] {
  const isOpen = types.some(({ kind }) => kind === 'string');
  return isOpen ? types.filter((one) => one.kind !== 'literal' || kindOf(one) !== 'string') : types;
}

function fits(actual: Choice, wanted: Choice): boolean {
  if (actual.kind === 'literal' && wanted.kind === 'literal') return actual.value === wanted.value;
  if (kindOf(actual) === 'string' && actual.kind !== 'literal') return kindOf(wanted) === 'string';
  return (
    kindOf(actual) === kindOf(wanted) && (actual.kind === 'literal' || wanted.kind !== 'literal')
  );
}
