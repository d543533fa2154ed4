import { elementsOf, type KustoNode, kindOf, partOf } from '../support/kusto.ts';
import { aggregates, argMax } from './aggregates.ts';
import { argumentsOf, evaluate, type Scope } from './expressions.ts';
import { type Row, textOf, type Value } from './values.ts';

type Operate = (node: KustoNode, rows: readonly Row[], scope: Scope) => readonly Row[];

/** What one step of a pipe makes of the rows. A kind of step that is not listed here is refused. */
export function operate(node: KustoNode, rows: readonly Row[], scope: Scope): readonly Row[] {
  const kind = kindOf(node);
  const known = operators[kind];
  if (known === undefined) throw new TypeError(`${kind} is not known here.`);
  return known(node, rows, scope);
}

const operators: Readonly<Record<string, Operate>> = {
  FilterOperator: (node, rows, scope) =>
    rows.filter((row) => evaluate(partOf(node, 'Condition'), row, scope) === true),
  ExtendOperator: (node, rows, scope) =>
    rows.map((row) => ({ ...row, ...columnsOf(partOf(node, 'Expressions'), row, scope) })),
  ProjectOperator: (node, rows, scope) =>
    rows.map((row) => columnsOf(partOf(node, 'Expressions'), row, scope)),
  MvExpandOperator: (node, rows, scope) => rows.flatMap((row) => expanded(node, row, scope)),
  SummarizeOperator: summarize,
};

/** One row for each group; without `by` one row whatever there is, even where there is nothing. */
function summarize(node: KustoNode, rows: readonly Row[], scope: Scope): readonly Row[] {
  const names = elementsOf(partOf(node, 'Aggregates'));
  const totals = (group: readonly Row[]) =>
    Object.assign({}, ...names.map((name) => totalOf(name, group, scope)));
  const by = (node as KustoNode & { readonly ByClause?: KustoNode | null }).ByClause;
  if (by === null || by === undefined) return [totals(rows)];
  const groups = new Map<string, { key: Row; rows: Row[] }>();
  for (const row of rows) {
    const key = columnsOf(partOf(by, 'Expressions'), row, scope);
    const group = groups.get(JSON.stringify(key)) ?? { key, rows: [] };
    group.rows.push(row);
    groups.set(JSON.stringify(key), group);
  }
  return [...groups.values()].map((group) => ({ ...group.key, ...totals(group.rows) }));
}

/** `name = f(…)`, `(name, name) = arg_max(…)`, or an expression over aggregates. */
function totalOf(node: KustoNode, rows: readonly Row[], scope: Scope): Row {
  if (kindOf(node) === 'CompoundNamedExpression') {
    const names = elementsOf(partOf(partOf(node, 'Names'), 'Names')).map(nameOf);
    const call = partOf(node, 'Expression');
    if (call.Name?.SimpleName !== 'arg_max') throw new TypeError('Only arg_max() is known here.');
    const best = argMax(
      rows.map((row) => argumentsOf(call, row, scope)),
      names.length,
    );
    return Object.fromEntries(names.map((name, index) => [name, best[index] ?? null]));
  }
  const named = kindOf(node) === 'SimpleNamedExpression';
  const call = named ? partOf(node, 'Expression') : node;
  const name = named ? nameOf(partOf(node, 'Name')) : `${call.Name?.SimpleName}_`;
  return { [name]: aggregateOf(call, rows, scope) };
}

function aggregateOf(call: KustoNode, rows: readonly Row[], scope: Scope): Value {
  const name = call.Name?.SimpleName ?? '';
  const known = aggregates[name];
  if (known !== undefined) return known(rows.map((row) => argumentsOf(call, row, scope)));
  const [inner] = elementsOf(partOf(partOf(call, 'ArgumentList'), 'Expressions'));
  if (name !== 'array_length' || inner === undefined) {
    throw new TypeError(`The aggregate ${name}() is not known here.`);
  }
  const list = aggregateOf(inner, rows, scope);
  return Array.isArray(list) ? list.length : null;
}

function columnsOf(list: KustoNode, row: Row, scope: Scope): Row {
  return Object.fromEntries(
    elementsOf(list).map((column) =>
      kindOf(column) === 'SimpleNamedExpression'
        ? [nameOf(partOf(column, 'Name')), evaluate(partOf(column, 'Expression'), row, scope)]
        : [nameOf(column), evaluate(column, row, scope)],
    ),
  );
}

function expanded(node: KustoNode, row: Row, scope: Scope): readonly Row[] {
  const [first] = elementsOf(partOf(node, 'Expressions'));
  if (first === undefined) return [];
  const column = partOf(first, 'Expression');
  const array = evaluate(partOf(column, 'Expression'), row, scope);
  if (!Array.isArray(array)) throw new TypeError('mv-expand takes an array here.');
  return array.map((item) => ({ ...row, [nameOf(partOf(column, 'Name'))]: textOf(item) }));
}

function nameOf({ SimpleName }: KustoNode): string {
  if (SimpleName === undefined) throw new TypeError('A column without a name is not known here.');
  return SimpleName;
}
