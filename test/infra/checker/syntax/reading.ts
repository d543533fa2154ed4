import { type Finding, found, type Place } from '../finding.ts';
import type { Expression } from './expression.ts';
import type { SyntaxNode } from './syntax-node.ts';

/** The file that is being read, and what is found wrong with its syntax on the way. */
export interface Reading {
  readonly file: string;
  readonly findings: Finding[];
  /** Reads one expression; what Bicep would not take as part of it is refused. */
  readonly expression: (node: SyntaxNode) => Expression;
  /** Reads the elements of an array. */
  readonly elements: (nodes: readonly SyntaxNode[]) => readonly Expression[];
}

/** The place of a node. */
export function placeOf({ file }: Reading, node: SyntaxNode): Place {
  return { file, line: node.row + 1 };
}

/** Notes what Bicep would refuse although the grammar takes it. */
export function refuse(reading: Reading, node: SyntaxNode, message: string): void {
  reading.findings.push(found(placeOf(reading, node), 'syntax', message));
}

/** The grammar does not see line breaks; Bicep allows none between these nodes. */
export function refuseBreaks(reading: Reading, nodes: readonly SyntaxNode[]): void {
  for (const [index, node] of nodes.entries()) {
    const before = nodes[index - 1];
    if (before !== undefined && before.endRow !== node.row) {
      refuse(reading, node, `the line may not break before ${firstWord(node)}.`);
    }
  }
}

/** Members of a list stand on lines of their own or have one comma between them, not both. */
export function refuseBadList(reading: Reading, nodes: readonly SyntaxNode[]): void {
  for (const [index, node] of nodes.entries()) {
    const before = nodes[index - 1];
    if (before === undefined || before.type === 'decorators') continue;
    const sameLine = before.endRow === node.row;
    if (before.type === ',' && !sameLine && node.type !== ']' && node.type !== '}') {
      refuse(reading, node, 'a comma and a line break stand between two members; one is enough.');
    }
    if (sameLine && !isBetween(before) && !isBetween(node)) {
      refuse(reading, node, `a comma or a line break is missing before ${firstWord(node)}.`);
    }
  }
}

const isBetween = ({ type }: SyntaxNode) => [',', '[', ']', '{', '}'].includes(type);

const firstWord = ({ text }: SyntaxNode) => text.split(/\s/, 1)[0]?.slice(0, 40) ?? '';
