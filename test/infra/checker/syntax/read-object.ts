import type { ObjectExpression, Property } from './expression.ts';
import { readNestedResource } from './read-deployed.ts';
import { readText } from './read-text.ts';
import { placeOf, type Reading, refuse, refuseBadList, refuseBreaks } from './reading.ts';
import { childOf, type SyntaxNode } from './syntax-node.ts';

/** Reads an object; decorators stand before the resources inside it. */
export function readObject(reading: Reading, node: SyntaxNode): ObjectExpression {
  refuseBadList(reading, node.children);
  const members = node.children.filter(({ type }) => type === 'object_property');
  const isResource = (member: SyntaxNode) => childOf(member, 'resource_declaration') !== undefined;
  return {
    kind: 'object',
    at: placeOf(reading, node),
    properties: members
      .filter((member) => !isResource(member))
      .map((member) => readProperty(reading, member)),
    resources: members
      .filter(isResource)
      .map((member) =>
        readNestedResource(reading, member, node.children[node.children.indexOf(member) - 1]),
      ),
  };
}

function readProperty(reading: Reading, node: SyntaxNode): Property {
  refuseBreaks(reading, node.children);
  const [key, , value] = node.children;
  if (key === undefined || value === undefined)
    throw new TypeError(`half a property: ${node.text}`);
  return {
    at: placeOf(reading, node),
    key: readKey(reading, key),
    value: reading.expression(value),
  };
}

function readKey(reading: Reading, node: SyntaxNode): Property['key'] {
  if (node.type === 'compatible_identifier') refuse(reading, node, 'a name ends in ?.');
  if (node.type !== 'string') return node.text;
  const text = readText(reading, node);
  const [part = '', ...more] = text.parts;
  return typeof part === 'string' && more.length === 0 ? part : text;
}
