import type { Expression } from './expression.ts';
import { readLoop } from './read-loop.ts';
import { readObject } from './read-object.ts';
import { readText } from './read-text.ts';
import { placeOf, type Reading, refuse, refuseBreaks } from './reading.ts';
import type { SyntaxNode } from './syntax-node.ts';

/** Reads what is neither an operator nor put together by one. */
export function readPrimary(reading: Reading, node: SyntaxNode): Expression {
  const at = placeOf(reading, node);
  switch (node.type) {
    case 'string':
      return readText(reading, node);
    case 'number':
      return { kind: 'literal', at, value: Number(node.text) };
    case 'boolean':
      return { kind: 'literal', at, value: node.text === 'true' };
    case 'null':
      return { kind: 'literal', at, value: null };
    case 'object':
      return readObject(reading, node);
    case 'array':
      return { kind: 'array', at, items: reading.elements(node.children.slice(1, -1)) };
    case 'for_statement':
      return readLoop(reading, node);
    case 'parenthesized_expression':
    case 'arguments':
      return readParenthesized(reading, node);
    case 'identifier':
    case 'primitive_type':
      return { kind: 'name', at, name: node.text };
    default:
      refuse(reading, node, `${node.text.slice(0, 40)} is no value.`);
      return { kind: 'literal', at, value: null };
  }
}

function readParenthesized(reading: Reading, node: SyntaxNode): Expression {
  refuseBreaks(reading, node.children);
  const [inner, ...more] = node.children.slice(1, -1);
  if (more.length > 0) refuse(reading, node, 'parentheses hold one expression.');
  if (inner !== undefined) return reading.expression(inner);
  refuse(reading, node, 'parentheses hold nothing.');
  return { kind: 'literal', at: placeOf(reading, node), value: null };
}
