import type { Module, Resource } from './declaration.ts';
import type { Expression, Loop, ObjectExpression } from './expression.ts';
import { readDecorators } from './read-decorators.ts';
import { readCondition, readLoop } from './read-loop.ts';
import { readText } from './read-text.ts';
import { placeOf, type Reading, refuse, refuseBreaks } from './reading.ts';
import { childOf, type SyntaxNode } from './syntax-node.ts';

/** Reads a resource; `before` is the node in front of it, which may hold its decorators. */
export function readResource(
  reading: Reading,
  node: SyntaxNode,
  before: SyntaxNode | undefined,
): Resource {
  const decorated = before?.type === 'decorators' ? before : node;
  return {
    kind: 'resource',
    ...readHeader(reading, node, before),
    type: readQuoted(reading, node),
    existing: node.children.slice(2, -2).some(({ type }) => type === 'existing'),
    firstLine: decorated.row + 1,
    ...readDeployment(reading, node),
  };
}

/** Reads a resource inside the object of its parent. */
export function readNestedResource(
  reading: Reading,
  member: SyntaxNode,
  before: SyntaxNode | undefined,
): Resource {
  return readResource(reading, childOf(member, 'resource_declaration') ?? member, before);
}

/** Reads a module. */
export function readModule(
  reading: Reading,
  node: SyntaxNode,
  before: SyntaxNode | undefined,
): Module {
  return {
    kind: 'module',
    ...readHeader(reading, node, before),
    path: readQuoted(reading, node),
    ...readDeployment(reading, node),
  };
}

function readHeader(reading: Reading, node: SyntaxNode, before: SyntaxNode | undefined) {
  refuseBreaks(reading, node.children);
  return {
    at: placeOf(reading, node),
    decorators: readDecorators(reading, before),
    name: node.children[1]?.text ?? '',
  };
}

function readQuoted(reading: Reading, node: SyntaxNode): string {
  const quoted = childOf(node, 'string');
  if (quoted === undefined) return '';
  return readText(reading, quoted).parts.join('');
}

interface Deployment {
  readonly body: ObjectExpression;
  readonly condition?: Expression;
  readonly loop?: Pick<Loop, 'item' | 'index' | 'source'>;
}

function readDeployment(reading: Reading, node: SyntaxNode): Deployment {
  const value = node.children.at(-1) ?? node;
  if (value.type === 'for_statement') return readRepeated(reading, value);
  if (value.type !== 'if_statement') return { body: objectOf(reading, value) };
  return {
    condition: readCondition(reading, value),
    body: objectOf(reading, value.children.at(-1) ?? value),
  };
}

function readRepeated(reading: Reading, node: SyntaxNode): Deployment {
  const { body, condition, ...loop } = readLoop(reading, node);
  return {
    body: asObject(reading, node, body),
    ...(condition !== undefined && { condition }),
    loop,
  };
}

const objectOf = (reading: Reading, node: SyntaxNode) =>
  asObject(reading, node, reading.expression(node));

function asObject(reading: Reading, node: SyntaxNode, body: Expression): ObjectExpression {
  if (body.kind === 'object') return body;
  refuse(reading, node, 'a resource or module is an object.');
  return { kind: 'object', at: body.at, properties: [], resources: [] };
}
