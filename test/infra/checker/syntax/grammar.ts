import { fileURLToPath } from 'node:url';
import { type Tree as GrammarTree, Language, type Node, Parser } from 'web-tree-sitter';
import { type Finding, found } from '../finding.ts';
import { readable } from './readable.ts';
import { commentTypes, type SyntaxNode, syntaxNodeOf, textOf } from './syntax-node.ts';

/** What the grammar reads in one file. */
export interface Parsed {
  readonly root: SyntaxNode;
  /** Comments by the row that they end in, counted from 0. */
  readonly comments: ReadonlyMap<number, string>;
  /** What the grammar cannot read; with any, `root` is not to be trusted. */
  readonly findings: readonly Finding[];
}

const parser = await createParser();

/** Parses a template or parameter file. */
export function parse(file: string, text: string): Parsed {
  const tree = parser.parse(readable(file, text));
  if (tree === null) throw new TypeError(`no grammar is loaded for ${file}`);
  const parsed = readTree(file, text, tree);
  tree.delete();
  return parsed;
}

async function createParser(): Promise<Parser> {
  await Parser.init();
  const url = import.meta.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm');
  return new Parser().setLanguage(await Language.load(fileURLToPath(url)));
}

function readTree(file: string, text: string, { rootNode }: GrammarTree): Parsed {
  const comments = rootNode
    .descendantsOfType([...commentTypes])
    .map((node) => [node.endPosition.row, textOf(node, text)] as const);
  const findings = [...errorsIn(file, rootNode), ...swallowedLines(file, rootNode)];
  return { root: syntaxNodeOf(rootNode, text), comments: new Map(comments), findings };
}

function* errorsIn(file: string, node: Node): Generator<Finding> {
  if (!node.hasError) return;
  const place = { file, line: node.startPosition.row + 1 };
  if (node.isMissing) yield found(place, 'syntax', `${node.type} is missing here.`);
  if (node.isError) yield found(place, 'syntax', `cannot be read from here: ${firstLine(node)}`);
  for (const child of node.children) yield* errorsIn(file, child);
}

const firstLine = (node: Node) => node.text.split('\n', 1)[0]?.slice(0, 80) ?? '';

/** The grammar takes a line after a comment that ends in a backslash for comment; Bicep does not. */
function* swallowedLines(file: string, root: Node): Generator<Finding> {
  for (const { text, startPosition, endPosition } of root.descendantsOfType('comment')) {
    if (!text.startsWith('//') || startPosition.row === endPosition.row) continue;
    yield found({ file, line: startPosition.row + 1 }, 'syntax', 'A comment ends in a backslash.');
  }
}
