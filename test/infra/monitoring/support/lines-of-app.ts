import { join, relative } from 'node:path';
import type { Expression, Node } from 'typescript/unstable/ast';
import {
  isCallExpression,
  isObjectLiteralExpression,
  isPropertyAccessExpression,
  isReturnStatement,
  isSpreadAssignment,
  isStringLiteral,
} from 'typescript/unstable/ast/is';
import { API, type Project } from 'typescript/unstable/sync';

interface Line {
  readonly message: string;
  readonly fields: readonly string[];
}

const root = join(import.meta.dirname, '../../../..');
const rooms = /^(functions|orchestrations|lib\/(adapters|api|config|core|pipeline))\//;
const levels = ['info', 'warn', 'error'];

/**
 * The fields of each line that the app's source can log, by its message. It asks TypeScript's own
 * checker, so fields that come by a spread or from another file count too.
 */
export function linesOfApp(): ReadonlyMap<string, ReadonlySet<string>> {
  const api = new API({ cwd: root });
  try {
    const openProjects = [join(root, 'tsconfig.json')];
    const project = api.updateSnapshot({ openProjects }).getProjects()[0];
    if (project === undefined) throw new Error('tsconfig.json describes no project.');
    return linesOf(project);
  } finally {
    api.close();
  }
}

function linesOf(project: Project): Map<string, Set<string>> {
  const lines = new Map<string, Set<string>>();
  for (const node of nodesOf(project)) {
    const line = lineOf(project, node);
    if (line === undefined) continue;
    lines.set(line.message, new Set([...(lines.get(line.message) ?? []), ...line.fields]));
  }
  return lines;
}

/** `log.info('…', fields)`, or `error` with the error between; undefined for every other node. */
function lineOf(project: Project, node: Node): Line | undefined {
  if (!isCallExpression(node) || !isPropertyAccessExpression(node.expression)) return undefined;
  const level = node.expression.name.text;
  const [first, ...rest] = node.arguments;
  if (!levels.includes(level) || first === undefined || !isStringLiteral(first)) return undefined;
  const facts = level === 'error' ? rest[1] : rest[0];
  return { message: first.text, fields: facts === undefined ? [] : fieldsOf(project, facts) };
}

/**
 * The names of an object's properties. Where a function returns them under a wider type, which has an
 * index signature instead of names, those of the objects that its `return` statements write.
 */
function fieldsOf(project: Project, facts: Expression): string[] {
  const { checker } = project;
  const type = checker.getTypeAtLocation(facts);
  const own = type === undefined ? [] : checker.getPropertiesOfType(type).map(({ name }) => name);
  if (isObjectLiteralExpression(facts)) {
    const spreads = facts.properties.filter(isSpreadAssignment);
    return [...own, ...spreads.flatMap(({ expression }) => fieldsOf(project, expression))];
  }
  if (own.length > 0 || !isCallExpression(facts)) return own;
  const declaration = checker.getResolvedSignature(facts)?.declaration?.resolve(project);
  if (declaration === undefined) return own;
  return withDescendants(declaration)
    .filter(isReturnStatement)
    .flatMap(({ expression }) => (expression === undefined ? [] : fieldsOf(project, expression)));
}

function nodesOf({ program, rootFiles }: Project): Node[] {
  return rootFiles
    .filter((file) => rooms.test(relative(root, file)))
    .flatMap((file) => {
      const source = program.getSourceFile(file);
      return source === undefined ? [] : withDescendants(source);
    });
}

function withDescendants(node: Node): Node[] {
  const found = [node];
  node.forEachChild((child) => {
    found.push(...withDescendants(child));
  });
  return found;
}
