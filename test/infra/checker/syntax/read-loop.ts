import type { Expression, Loop } from './expression.ts';
import { placeOf, type Reading, refuseBreaks } from './reading.ts';
import type { SyntaxNode } from './syntax-node.ts';

/** Reads `[for …: …]`. */
export function readLoop(reading: Reading, node: SyntaxNode): Loop {
  const inner = node.children.slice(1, -1);
  refuseBreaks(reading, inner);
  const before = inner.slice(
    0,
    inner.findIndex(({ type }) => type === 'in'),
  );
  const [source, , body] = inner.slice(before.length + 1);
  if (source === undefined || body === undefined) throw new TypeError(`half a loop: ${node.text}`);
  const [item, index] = before.at(-1)?.text.match(/\w+/g) ?? [];
  const conditional = body.type === 'if_statement';
  return {
    kind: 'loop',
    at: placeOf(reading, node),
    ...(item !== undefined && { item }),
    ...(index !== undefined && { index }),
    source: reading.expression(source),
    ...(conditional && { condition: readCondition(reading, body) }),
    body: reading.expression(conditional ? (body.children.at(-1) ?? body) : body),
  };
}

/** Reads the parenthesis of `if (…) {`. */
export function readCondition(reading: Reading, node: SyntaxNode): Expression {
  refuseBreaks(reading, node.children);
  return reading.expression(node.children[1] ?? node);
}
