import type { Declaration, Import, Parameter, UserFunction } from './declaration.ts';
import { readDecorators } from './read-decorators.ts';
import { readModule, readResource } from './read-deployed.ts';
import { readText } from './read-text.ts';
import { readType } from './read-type.ts';
import { placeOf, type Reading, refuse, refuseBreaks } from './reading.ts';
import { childOf, type SyntaxNode } from './syntax-node.ts';

/** Reads a statement; those that declare nothing give nothing. */
export function readDeclaration(
  reading: Reading,
  node: SyntaxNode,
  before: SyntaxNode | undefined,
): readonly Declaration[] {
  switch (node.type) {
    case 'decorators':
    case 'using_statement':
    case 'target_scope_assignment':
      return [];
    case 'import_functionality':
      return readImports(reading, node);
    case 'resource_declaration':
      return [readResource(reading, node, before)];
    case 'module_declaration':
      return [readModule(reading, node, before)];
    default:
      return readNamed(reading, node, before);
  }
}

function readNamed(
  reading: Reading,
  node: SyntaxNode,
  before: SyntaxNode | undefined,
): readonly Declaration[] {
  const [, identifier, ...rest] = node.children;
  const last = rest.at(-1) ?? node;
  const named = {
    at: placeOf(reading, node),
    decorators: readDecorators(reading, before),
    name: identifier?.text ?? '',
  };
  switch (node.type) {
    case 'parameter_declaration':
      return [{ ...named, ...readParameter(reading, node) }];
    case 'variable_declaration':
      refuseBreaks(reading, node.children);
      return [{ ...named, kind: variableKind(node), value: assignedTo(reading, rest) }];
    case 'metadata_declaration':
      return [{ ...named, kind: 'metadata', value: reading.expression(last) }];
    case 'output_declaration':
      refuseBreaks(reading, node.children);
      return [{ ...named, kind: 'output', ...readOutput(reading, node) }];
    case 'type_declaration':
      return [{ ...named, kind: 'type', type: readType(reading, last) }];
    case 'user_defined_function':
      return [{ ...named, ...readFunction(reading, node) }];
    default:
      refuse(reading, node, `${node.type} is a statement that this check does not know.`);
      return [];
  }
}

/** A parameter file's `param` is made a `var` before it is read; its text stays what it is. */
const variableKind = ({ text }: SyntaxNode) => (text.startsWith('param') ? 'param' : 'var');

/** The value after `=`; the grammar keeps a `!` behind it apart. */
function assignedTo(reading: Reading, [, value]: readonly SyntaxNode[]) {
  if (value === undefined) throw new TypeError(`a variable of ${reading.file} has no value`);
  return reading.expression(value);
}

function readParameter(
  reading: Reading,
  node: SyntaxNode,
): Omit<Parameter, 'at' | 'name' | 'decorators'> {
  const [, , type, equals, value] = node.children;
  refuseBreaks(
    reading,
    node.children.filter((child) => child !== type),
  );
  return {
    kind: 'param',
    ...(type !== undefined && { type: readType(reading, type) }),
    ...(equals !== undefined && value !== undefined && { value: reading.expression(value) }),
  };
}

function readOutput(reading: Reading, node: SyntaxNode) {
  const [, , type = node, , value = node] = node.children;
  return { type: readType(reading, type), value: reading.expression(value) };
}

function readFunction(
  reading: Reading,
  node: SyntaxNode,
): Omit<UserFunction, 'at' | 'name' | 'decorators'> {
  const [, , parameters = node, returns = node, , body = node] = node.children;
  return {
    kind: 'func',
    parameters: parameters.children
      .filter(({ type }) => type === 'parameter')
      .map(({ children: [name, type = node] }) => ({
        name: name?.text ?? '',
        type: readType(reading, type),
      })),
    returns: readType(reading, returns),
    body: reading.expression(body),
  };
}

function readImports(reading: Reading, node: SyntaxNode): readonly Import[] {
  refuseBreaks(reading, node.children);
  const quoted = childOf(node, 'string');
  const path = quoted === undefined ? '' : readText(reading, quoted).parts.join('');
  const words = node.children.slice(1, -2);
  const entry = { kind: 'import', decorators: [], at: placeOf(reading, node), path } as const;
  if (words[0]?.type === '*') return [{ ...entry, name: words[2]?.text ?? '' }];
  return words.flatMap(({ type, text }, index) => {
    if (type !== 'identifier' || words[index - 1]?.type === 'as') return [];
    const renamed = words[index + 1]?.type === 'as' ? words[index + 2]?.text : undefined;
    return [{ ...entry, name: renamed ?? text, original: text }];
  });
}
