import { createRequire } from 'node:module';
import { tables } from './tables.ts';

/** A node of a query's syntax tree; parts that a kind of node lacks are undefined. */
export interface KustoNode {
  readonly Kind: number;
  readonly ChildCount: number;
  GetChild(index: number): KustoNode | null;
  readonly Left?: KustoNode;
  readonly Right?: KustoNode;
  readonly Expression?: KustoNode;
  readonly Selector?: KustoNode;
  readonly Name?: KustoNode;
  /** Of an element in a list: what stands there, without the comma. */
  readonly Element?: KustoNode;
  /** Of a name's node: the name without quotes, brackets and space. */
  readonly SimpleName?: string;
  /** Of a literal's node. */
  readonly LiteralValue?: unknown;
}

/** What is used of Microsoft's language service; its own type file spans the whole of .NET. */
interface KustoLanguage {
  readonly GlobalState: { readonly Default: { WithDatabase(database: object): object } };
  readonly KustoCode: { ParseAndAnalyze(text: string, globals: object): KustoCode };
  readonly Symbols: {
    readonly TableSymbol: { readonly $ctor7: new (name: string, schema: string) => object };
    readonly DatabaseSymbol: { readonly ctor: new (name: string, members: object[]) => object };
  };
  readonly Syntax: {
    readonly SyntaxKind: Readonly<Record<string, number>>;
    readonly SyntaxElement: { WalkNodes(root: KustoNode, visit: (node: KustoNode) => void): void };
  };
}

interface KustoCode {
  readonly Syntax: KustoNode;
  GetDiagnostics(): {
    readonly Count: number;
    getItem(index: number): { readonly Message: string; readonly Start: number };
  };
}

/** Both scripts put their parts into the global scope, as a browser's page would have it. */
function load(): KustoLanguage {
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  // The scripts have no exports to take a type from.
  return (globalThis as unknown as { Kusto: { Language: KustoLanguage } }).Kusto.Language;
}

const kusto = load();
const kindNames = new Map(
  Object.entries(kusto.Syntax.SyntaxKind).map(([name, number]) => [number, name]),
);
const { TableSymbol, DatabaseSymbol } = kusto.Symbols;
const members = Object.entries(tables).map(
  ([name, columns]) => new TableSymbol.$ctor7(name, `(${columns})`),
);
const workspace = kusto.GlobalState.Default.WithDatabase(
  new DatabaseSymbol.ctor('workspace', members),
);

/** Every mistake that Kusto's own parser and binder find, with its line; none where the query would run. */
export function mistakesOf(query: string): string[] {
  const diagnostics = kusto.KustoCode.ParseAndAnalyze(query, workspace).GetDiagnostics();
  return Array.from({ length: diagnostics.Count }, (_, index) => {
    const { Message, Start } = diagnostics.getItem(index);
    return `line ${query.slice(0, Start).split('\n').length}: ${Message}`;
  });
}

/** The root of the query's syntax tree. */
export function parse(query: string): KustoNode {
  return kusto.KustoCode.ParseAndAnalyze(query, workspace).Syntax;
}

/** The name of the node's kind. */
export function kindOf({ Kind }: KustoNode): string {
  return kindNames.get(Kind) ?? String(Kind);
}

/** A part of a node that every node of its kind has. */
export function partOf(node: KustoNode, name: string): KustoNode {
  // The service calls each part by a property; which there are depends on the kind.
  const part = (node as unknown as Readonly<Record<string, KustoNode | null | undefined>>)[name];
  if (part === undefined || part === null) throw new TypeError(`${kindOf(node)} has no ${name}.`);
  return part;
}

/** What stands in a list of a query, in its order. */
export function elementsOf(list: KustoNode): KustoNode[] {
  const children = Array.from({ length: list.ChildCount }, (_, index) => list.GetChild(index));
  return children.flatMap((child) => child?.Element ?? []);
}

/** The nodes of one kind at or below a node, in the order of the text. */
export function nodesOf(root: KustoNode, kind: string): KustoNode[] {
  const number = kusto.Syntax.SyntaxKind[kind];
  if (number === undefined) throw new TypeError(`Kusto has no kind of node "${kind}".`);
  const found: KustoNode[] = [];
  kusto.Syntax.SyntaxElement.WalkNodes(root, (node) => {
    if (node.Kind === number) found.push(node);
  });
  return found;
}
