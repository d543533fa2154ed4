import type { Finding, Place } from '../finding.ts';
import type { Declaration, Template } from './declaration.ts';
import { parse } from './grammar.ts';
import { readDeclaration } from './read-declaration.ts';
import { readElements, readExpression } from './read-expression.ts';
import { readText } from './read-text.ts';
import { placeOf, type Reading, refuse } from './reading.ts';
import { childOf, type SyntaxNode } from './syntax-node.ts';

/** What a file declares, or why it cannot be read. */
export interface ReadTemplate {
  readonly template: Template;
  readonly findings: readonly Finding[];
}

/** Reads a template or parameter file; with findings, the template has nothing in it. */
export function readTemplate(file: string, text: string): ReadTemplate {
  const { root, comments, findings } = parse(file, text);
  const empty: Template = { file, declarations: [], comments: new Map() };
  if (findings.length > 0) return { template: empty, findings };
  const reading = startReading(file);
  const template = readRoot(reading, root, comments);
  if (reading.findings.length > 0) return { template: empty, findings: reading.findings };
  return { template, findings: [] };
}

function startReading(file: string): Reading {
  const reading: Reading = {
    file,
    findings: [],
    expression: (node) => readExpression(reading, node),
    elements: (nodes) => readElements(reading, nodes),
  };
  return reading;
}

function readRoot(
  reading: Reading,
  root: SyntaxNode,
  comments: ReadonlyMap<number, string>,
): Template {
  const statements = root.children;
  refuseSharedLines(reading, statements);
  const using = statements.find(({ type }) => type === 'using_statement');
  return {
    file: reading.file,
    ...(using !== undefined && { using: readUsing(reading, using) }),
    declarations: readDeclarations(reading, statements),
    comments: new Map([...comments].map(([row, comment]) => [row + 1, comment])),
  };
}

function readUsing(reading: Reading, node: SyntaxNode): Place & { readonly path: string } {
  const path = childOf(node, 'string');
  const text = path === undefined ? '' : readText(reading, path).parts.join('');
  return { ...placeOf(reading, node), path: text };
}

function readDeclarations(
  reading: Reading,
  statements: readonly SyntaxNode[],
): readonly Declaration[] {
  return statements.flatMap((node, index) => readDeclaration(reading, node, statements[index - 1]));
}

function refuseSharedLines(reading: Reading, statements: readonly SyntaxNode[]): void {
  const lines = statements.flatMap((node) => (node.type === 'decorators' ? node.children : [node]));
  for (const [index, node] of lines.entries()) {
    if (lines[index - 1]?.endRow === node.row) {
      refuse(reading, node, 'a declaration or decorator stands on a line of its own.');
    }
  }
}
