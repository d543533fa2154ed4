import { type KustoNode, nodesOf, parse } from './kusto.ts';

/** What a query takes from the app. */
export interface Reading {
  /** `line.message == '…'` or `in ('…')`. */
  readonly messages: readonly string[];
  /** `line.x`. */
  readonly fields: readonly string[];
  /** `Name == '…'` of a metric. */
  readonly metrics: readonly string[];
  /** `Properties.x`. */
  readonly dimensions: readonly string[];
}

/** Reads it from the query's syntax tree, so that comments and other texts cannot deceive. */
export function readingOf(query: string): Reading {
  const root = parse(query);
  const compared = [...nodesOf(root, 'EqualExpression'), ...nodesOf(root, 'InExpression')];
  const isMetric = nodesOf(root, 'NameReference').some((node) => node.SimpleName === 'AppMetrics');
  return {
    messages: compared
      .filter(({ Left }) => pathsOf(Left, 'line').includes('message'))
      .flatMap(texts),
    fields: distinct(pathsOf(root, 'line')),
    metrics: isMetric
      ? compared.filter(({ Left }) => Left?.SimpleName === 'Name').flatMap(texts)
      : [],
    dimensions: distinct(pathsOf(root, 'Properties')),
  };
}

/** The x of each `base.x` at or below a node. */
function pathsOf(root: KustoNode | undefined, base: string): string[] {
  if (root === undefined) return [];
  return nodesOf(root, 'PathExpression')
    .filter(({ Expression }) => Expression?.SimpleName === base)
    .map(({ Selector }) => Selector?.SimpleName ?? '');
}

function texts({ Right }: KustoNode): string[] {
  if (Right === undefined) return [];
  return nodesOf(Right, 'StringLiteralExpression').map(({ LiteralValue }) => String(LiteralValue));
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
