import { elementsOf, type KustoNode, kindOf, partOf } from '../support/kusto.ts';
import { functions } from './functions.ts';
import { compare, isNull, type Row, textOf, type Value } from './values.ts';

/** What an expression may see besides its row. */
export interface Scope {
  readonly now: Date;
  /** The values of `let` statements. */
  readonly lets: ReadonlyMap<string, Value>;
  /** The first row's first value of a query in `toscalar`. */
  toScalar(query: KustoNode): Value;
}

type Evaluate = (node: KustoNode, row: Row, scope: Scope) => Value;

/** The value of an expression for one row. A kind of expression that is not listed here is refused. */
export function evaluate(node: KustoNode, row: Row, scope: Scope): Value {
  const kind = kindOf(node);
  const known = kinds[kind];
  if (known === undefined) throw new TypeError(`${kind} is not known here.`);
  return known(node, row, scope);
}

const kinds: Readonly<Record<string, Evaluate>> = {
  StringLiteralExpression: ({ LiteralValue }) => LiteralValue,
  LongLiteralExpression: ({ LiteralValue }) => Number(String(LiteralValue)),
  NameReference: ({ SimpleName = '' }, row, { lets }) => row[SimpleName] ?? lets.get(SimpleName),
  PathExpression: (node, row, scope) => {
    const base = evaluate(partOf(node, 'Expression'), row, scope);
    if (typeof base !== 'object' || base === null) return null;
    // A dynamic value is JSON, so any name may be asked for.
    return (base as Row)[partOf(node, 'Selector').SimpleName ?? ''] ?? null;
  },
  ParenthesizedExpression: (node, row, scope) => evaluate(partOf(node, 'Expression'), row, scope),
  ToScalarExpression: (node, _, scope) => scope.toScalar(partOf(node, 'Expression')),
  FunctionCallExpression: call,
  AndExpression: (node, row, scope) => sides(node, row, scope).every((side) => side === true),
  OrExpression: (node, row, scope) => sides(node, row, scope).some((side) => side === true),
  EqualExpression: compared((order) => order === 0),
  NotEqualExpression: compared((order) => order !== 0),
  LessThanExpression: compared((order) => order < 0),
  LessThanOrEqualExpression: compared((order) => order <= 0),
  GreaterThanExpression: compared((order) => order > 0),
  GreaterThanOrEqualExpression: compared((order) => order >= 0),
  MultiplyExpression: arithmetic((left, right) => left * right),
  DivideExpression: arithmetic((left, right) => Math.trunc(left / right)),
  InExpression: (node, row, scope) => {
    const left = evaluate(partOf(node, 'Left'), row, scope);
    return listOf(partOf(node, 'Right'), row, scope).some((value) => compare(left, value) === 0);
  },
  BetweenExpression: (node, row, scope) => {
    const left = evaluate(partOf(node, 'Left'), row, scope);
    const [from, to] = ['First', 'Second'].map((end) =>
      compare(left, evaluate(partOf(partOf(node, 'Right'), end), row, scope)),
    );
    return from !== undefined && to !== undefined && from >= 0 && to <= 0;
  },
  HasExpression: (node, row, scope) => hasTerm(...sides(node, row, scope)),
  HasAnyExpression: (node, row, scope) => {
    const left = evaluate(partOf(node, 'Left'), row, scope);
    return listOf(partOf(node, 'Right'), row, scope).some((term) => hasTerm(left, term));
  },
  ContainsExpression: (node, row, scope) => {
    const [left, right] = sides(node, row, scope).map((side) => textOf(side).toLowerCase());
    return (left ?? '').includes(right ?? '');
  },
  StartsWithExpression: (node, row, scope) => {
    const [left, right] = sides(node, row, scope).map((side) => textOf(side).toLowerCase());
    return (left ?? '').startsWith(right ?? '');
  },
};

/** The values of all arguments of a call, in their order. */
export function argumentsOf(node: KustoNode, row: Row, scope: Scope): Value[] {
  return listOf(partOf(node, 'ArgumentList'), row, scope);
}

function call(node: KustoNode, row: Row, scope: Scope): Value {
  const name = node.Name?.SimpleName ?? '';
  if (name === 'now') return scope.now;
  if (name === 'ago') return agoOf(node, scope);
  const known = functions[name];
  if (known === undefined) throw new TypeError(`${name}() is not known here.`);
  return known(...argumentsOf(node, row, scope));
}

/** Azure takes only a literal time span here. */
function agoOf(node: KustoNode, { now }: Scope): Value {
  const [span] = elementsOf(partOf(partOf(node, 'ArgumentList'), 'Expressions'));
  const [, days = 0, hours, minutes] =
    /^(?:(\d+)\.)?(\d\d):(\d\d):00$/.exec(String(span?.LiteralValue)) ?? [];
  const total = (Number(days) * 24 + Number(hours)) * 60 + Number(minutes);
  if (Number.isNaN(total)) throw new TypeError('ago() takes whole minutes here.');
  return new Date(now.getTime() - total * 60_000);
}

function compared(holds: (order: number) => boolean): Evaluate {
  return (node, row, scope) => {
    const order = compare(...sides(node, row, scope));
    return order === undefined ? null : holds(order);
  };
}

function arithmetic(operate: (left: number, right: number) => number): Evaluate {
  return (node, row, scope) => {
    const [left, right] = sides(node, row, scope);
    return isNull(left) || isNull(right) ? null : operate(Number(left), Number(right));
  };
}

function sides(node: KustoNode, row: Row, scope: Scope): [Value, Value] {
  return [evaluate(partOf(node, 'Left'), row, scope), evaluate(partOf(node, 'Right'), row, scope)];
}

function listOf(list: KustoNode, row: Row, scope: Scope): Value[] {
  return elementsOf(partOf(list, 'Expressions')).map((item) => evaluate(item, row, scope));
}

/** `has`: the words stand there whole, whatever their case. */
function hasTerm(text: Value, term: Value): boolean {
  const escaped = textOf(term).replaceAll(/[^\w\s]/g, '\\$&');
  return new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, 'i').test(textOf(text));
}
