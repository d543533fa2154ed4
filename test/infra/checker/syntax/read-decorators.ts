import type { Decorator } from './decorator.ts';
import { placeOf, type Reading, refuse } from './reading.ts';
import type { SyntaxNode } from './syntax-node.ts';

/** Reads the decorators in the node before a declaration, if it has any. */
export function readDecorators(
  reading: Reading,
  node: SyntaxNode | undefined,
): readonly Decorator[] {
  if (node?.type !== 'decorators') return [];
  return node.children.map((child) => readDecorator(reading, child));
}

function readDecorator(reading: Reading, node: SyntaxNode): Decorator {
  const at = placeOf(reading, node);
  const call = reading.expression(node.children[1] ?? node);
  if (call.kind === 'call' && call.callee.kind === 'name') {
    return { at, name: call.callee.name, arguments: call.arguments };
  }
  if (call.kind === 'call' && call.callee.kind === 'member') {
    return { at, name: call.callee.name, arguments: call.arguments };
  }
  refuse(reading, node, 'a decorator is a call.');
  return { at, name: '', arguments: [] };
}
