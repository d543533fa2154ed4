import { Cursor } from './cursor.ts';
import { readDecorators } from './read-decorators.ts';
import { readText } from './read-text.ts';
import { placeOf, type Reading, refuse } from './reading.ts';
import type { SyntaxNode } from './syntax-node.ts';
import type { ObjectType, TypeExpression, TypeProperty } from './type-expression.ts';

const loose: ReadonlySet<string> = new Set(['type', 'union_type', 'array_type', 'negated_type']);

/** Reads a type, whether the grammar took it for one or for an expression. */
export function readType(reading: Reading, node: SyntaxNode): TypeExpression {
  const cursor = new Cursor([node], loose);
  const type = readUnion(reading, cursor);
  if (cursor.token !== undefined) {
    refuse(
      reading,
      cursor.token,
      'cannot belong to the type before it; after a nullable type the grammar wants a decorator.',
    );
  }
  return type;
}

function readUnion(reading: Reading, cursor: Cursor): TypeExpression {
  cursor.take(['|'], { sameLine: false });
  const types = [readPostfix(reading, cursor)];
  while (cursor.take(['|'], { sameLine: false })) types.push(readPostfix(reading, cursor));
  const [first] = types;
  if (first === undefined || types.length > 1) return { kind: 'union', at: atStart(types), types };
  return first;
}

const atStart = (types: readonly TypeExpression[]) => types[0]?.at ?? { file: '', line: 0 };

function readPostfix(reading: Reading, cursor: Cursor): TypeExpression {
  let type = readPrimary(reading, cursor);
  for (;;) {
    const longer = readSuffix(cursor, type);
    if (longer === undefined) return type;
    type = longer;
  }
}

function readSuffix(cursor: Cursor, type: TypeExpression): TypeExpression | undefined {
  const { at } = type;
  const mark = cursor.take(['?', '!']);
  if (mark !== undefined) return mark.text === '?' ? { kind: 'nullable', at, type } : type;
  if (cursor.take(['.'])) {
    return { kind: 'member', at, object: type, name: cursor.next()?.text ?? '' };
  }
  if (!cursor.take(['['])) return undefined;
  const ofItem = cursor.token?.text === '*';
  if (ofItem) cursor.next();
  cursor.take([']']);
  return ofItem ? { kind: 'item', at, array: type } : { kind: 'array', at, item: type };
}

function readPrimary(reading: Reading, cursor: Cursor): TypeExpression {
  const { previous } = cursor;
  const node = cursor.next();
  if (node === undefined) throw new TypeError(`a type of ${reading.file} ends too early`);
  if (previous?.type === '|' && previous.endRow !== node.row) {
    refuse(reading, node, 'the line may break before | but not after it.');
  }
  const at = placeOf(reading, node);
  switch (node.type) {
    case 'string':
      return { kind: 'value', at, value: readText(reading, node).parts.join('') };
    case 'number':
      return { kind: 'value', at, value: Number(node.text) };
    case 'boolean':
      return { kind: 'value', at, value: node.text === 'true' };
    case 'null':
      return { kind: 'value', at, value: null };
    case 'object':
      return readObjectType(reading, node);
    case 'array':
      return { kind: 'tuple', at, items: inside(node).map((item) => readType(reading, item)) };
    case 'parenthesized_type':
    case 'parenthesized_expression':
      return readType(reading, inside(node)[0] ?? node);
    case 'identifier':
    case 'primitive_type':
      return { kind: 'name', at, name: node.text };
    default:
      refuse(reading, node, `${node.text.slice(0, 40)} is no type that this check can read.`);
      return { kind: 'name', at, name: 'any' };
  }
}

const inside = ({ children }: SyntaxNode) =>
  children.slice(1, -1).filter(({ type }) => type !== ',' && type !== 'decorators');

function readObjectType(reading: Reading, node: SyntaxNode): ObjectType {
  const properties = node.children
    .map((member, index) => ({ member, before: node.children[index - 1] }))
    .filter(({ member }) => member.type === 'object_property')
    .map(({ member, before }) => readTypeProperty(reading, member, before));
  const additional = properties.find(({ name }) => name === '*')?.type;
  return {
    kind: 'object',
    at: placeOf(reading, node),
    properties: properties.filter(({ name }) => name !== '*'),
    ...(additional !== undefined && { additional }),
  };
}

function readTypeProperty(
  reading: Reading,
  node: SyntaxNode,
  before: SyntaxNode | undefined,
): TypeProperty {
  const [key = node] = node.children;
  return {
    at: placeOf(reading, node),
    decorators: readDecorators(reading, before),
    name: key.type === 'string' ? readText(reading, key).parts.join('') : key.text,
    type: readType(reading, node.children[2] ?? node),
  };
}
