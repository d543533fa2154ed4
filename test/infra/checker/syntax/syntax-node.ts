import type { Node } from 'web-tree-sitter';

/** A node of the grammar's tree as plain data, without comments; rows are counted from 0. */
export interface SyntaxNode {
  readonly type: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly row: number;
  readonly endRow: number;
  readonly children: readonly SyntaxNode[];
}

/** Grammar rules for text that Bicep skips. */
export const commentTypes: ReadonlySet<string> = new Set(['comment', 'diagnostic_comment']);

/** What stands at a node's place in the file itself, which the grammar may read a little changed. */
export function textOf({ startIndex, endIndex }: Node, text: string): string {
  return text.slice(startIndex, endIndex);
}

/** A copy of a node and everything in it, which outlives the grammar's own tree. */
export function syntaxNodeOf(node: Node, text: string): SyntaxNode {
  return {
    type: node.type,
    text: textOf(node, text),
    start: node.startIndex,
    end: node.endIndex,
    row: node.startPosition.row,
    endRow: node.endPosition.row,
    children: node.children
      .filter((child) => !commentTypes.has(child.type))
      .map((child) => syntaxNodeOf(child, text)),
  };
}

/** The only child of this type, or undefined. */
export function childOf(node: SyntaxNode, type: string): SyntaxNode | undefined {
  return node.children.find((child) => child.type === type);
}
