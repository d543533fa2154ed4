import { elementsOf, type KustoNode, kindOf, parse, partOf } from '../support/kusto.ts';
import { evaluate, type Scope } from './expressions.ts';
import { operate } from './operators.ts';
import type { Row, Value } from './values.ts';

export interface Workspace {
  readonly now: Date;
  /** As far as the query may look back; a row that is older is not there. */
  readonly lookBackMinutes: number;
  /** Rows by table; each has `TimeGenerated`. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
}

/**
 * Runs a query over rows. It knows the small part of Kusto that the alerts use, on the tree that
 * Kusto's own parser made, and refuses the rest; it is slow, and `dcount` is exact.
 */
export function runQuery(query: string, workspace: Workspace): readonly Row[] {
  const lets = new Map<string, Value>();
  const scope: Scope = {
    now: workspace.now,
    lets,
    toScalar: (inner) => Object.values(rowsOf(inner, workspace, scope)[0] ?? {})[0] ?? null,
  };
  let result: readonly Row[] = [];
  for (const statement of elementsOf(partOf(parse(query), 'Statements'))) {
    const expression = partOf(statement, 'Expression');
    if (kindOf(statement) === 'LetStatement') {
      lets.set(partOf(statement, 'Name').SimpleName ?? '', evaluate(expression, {}, scope));
    } else {
      result = rowsOf(expression, workspace, scope);
    }
  }
  return result;
}

function rowsOf(node: KustoNode, workspace: Workspace, scope: Scope): readonly Row[] {
  if (kindOf(node) === 'PipeExpression') {
    const before = rowsOf(partOf(node, 'Expression'), workspace, scope);
    return operate(partOf(node, 'Operator'), before, scope);
  }
  const since = workspace.now.getTime() - workspace.lookBackMinutes * 60_000;
  return (workspace.tables[node.SimpleName ?? ''] ?? []).filter(
    ({ TimeGenerated }) => TimeGenerated instanceof Date && TimeGenerated.getTime() >= since,
  );
}
