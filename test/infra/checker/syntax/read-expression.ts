import { Cursor } from './cursor.ts';
import type { Expression } from './expression.ts';
import { readPrimary } from './read-primary.ts';
import { placeOf, type Reading, refuse } from './reading.ts';
import type { SyntaxNode } from './syntax-node.ts';

/** From the loosest to the tightest. */
const levels: readonly (readonly string[])[] = [
  ['??'],
  ['||'],
  ['&&'],
  ['==', '!=', '=~', '!~'],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Reads one expression; what Bicep would not take as part of it is refused. */
export function readExpression(reading: Reading, node: SyntaxNode): Expression {
  const cursor = new Cursor([node]);
  const expression = readTernary(reading, cursor);
  if (cursor.token !== undefined) {
    refuse(
      reading,
      cursor.token,
      'cannot belong to the expression before it; see the line breaks.',
    );
  }
  return expression;
}

/** Reads the elements of an array, which end at a comma or at the end of their line. */
export function readElements(
  reading: Reading,
  nodes: readonly SyntaxNode[],
): readonly Expression[] {
  const cursor = new Cursor(nodes);
  const elements: Expression[] = [];
  while (cursor.token !== undefined) {
    const { previous, token } = cursor;
    if (cursor.take([','])) continue;
    if (previous !== undefined && previous.type !== ',' && previous.endRow === token.row) {
      refuse(reading, token, 'a comma or a line break is missing before this element.');
    }
    elements.push(readTernary(reading, cursor));
  }
  return elements;
}

function readTernary(reading: Reading, cursor: Cursor): Expression {
  const condition = readBinary(reading, cursor, 0);
  if (!cursor.take(['?'], { sameLine: false })) return condition;
  const then = readTernary(reading, cursor);
  expect(reading, cursor, ':', { sameLine: false });
  const otherwise = readTernary(reading, cursor);
  return { kind: 'ternary', at: condition.at, condition, then, otherwise };
}

function readBinary(reading: Reading, cursor: Cursor, level: number): Expression {
  const operators = levels[level];
  if (operators === undefined) return readUnary(reading, cursor);
  let left = readBinary(reading, cursor, level + 1);
  for (let sign = cursor.take(operators); sign !== undefined; sign = cursor.take(operators)) {
    const right = readBinary(reading, cursor, level + 1);
    left = { kind: 'binary', at: left.at, operator: sign.type, left, right };
  }
  return left;
}

function readUnary(reading: Reading, cursor: Cursor): Expression {
  const sign = cursor.has(['!', '-'], { sameLine: false }) ? cursor.next() : undefined;
  if (sign === undefined) return readPostfix(reading, cursor);
  const operand = readUnary(reading, cursor);
  return { kind: 'unary', at: placeOf(reading, sign), operator: sign.type, operand };
}

function readPostfix(reading: Reading, cursor: Cursor): Expression {
  let expression = readOperand(reading, cursor);
  if (expression.kind === 'lambda') return expression;
  for (;;) {
    const longer = readSuffix(reading, cursor, expression);
    if (longer === undefined) return expression;
    expression = longer;
  }
}

function readSuffix(reading: Reading, cursor: Cursor, object: Expression): Expression | undefined {
  const { at } = object;
  const dot = cursor.take(['.', '.?']);
  if (dot) return { kind: 'member', at, object, name: nameNext(cursor), safe: dot.type === '.?' };
  if (cursor.take(['::'])) return { kind: 'nested', at, object, name: nameNext(cursor) };
  if (cursor.take(['!'])) return { kind: 'asserted', at, value: object };
  if (cursor.take(['['])) return readIndex(reading, cursor, object);
  const list = cursor.take(['arguments', 'parenthesized_expression']);
  if (list === undefined) return undefined;
  const values = list.children.filter(({ type }) => !['(', ',', ')'].includes(type));
  const read = values.map((value) => readExpression(reading, value));
  return { kind: 'call', at, callee: object, arguments: read };
}

function readIndex(reading: Reading, cursor: Cursor, object: Expression): Expression {
  cursor.take(['?']);
  const index = readTernary(reading, cursor);
  expect(reading, cursor, ']');
  return { kind: 'index', at: object.at, object, index };
}

const nameNext = (cursor: Cursor) => cursor.next()?.text ?? '';

function readOperand(reading: Reading, cursor: Cursor): Expression {
  const { previous, token } = cursor;
  if (token === undefined) throw new TypeError(`an expression of ${reading.file} ends too early`);
  if (previous !== undefined && needsOperandOnLine(previous) && previous.endRow !== token.row) {
    refuse(reading, token, `the line may not break after ${previous.text}.`);
  }
  cursor.next();
  if (!cursor.take(['=>'])) return readPrimary(reading, token);
  const parameters = token.text.match(/\w+/g) ?? [];
  return {
    kind: 'lambda',
    at: placeOf(reading, token),
    parameters,
    body: readTernary(reading, cursor),
  };
}

/** After an operator Bicep wants the operand on the same line; after an element or `=>` it doesn't. */
function needsOperandOnLine({ type }: SyntaxNode): boolean {
  return ['?', ':', '[', '!', '-', ...levels.flat()].includes(type);
}

function expect(
  reading: Reading,
  cursor: Cursor,
  type: string,
  options: { sameLine?: boolean } = {},
): void {
  const { token } = cursor;
  if (cursor.take([type], options) || token === undefined) return;
  refuse(reading, token, `${type} is expected before ${token.text.slice(0, 40)}.`);
}
