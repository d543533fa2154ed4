import type { Place } from './finding.ts';
import { type Model, modelOf } from './program/model.ts';
import { loadProgram } from './program/program.ts';
import type { Rule } from './rule.ts';
import type { SourceTree } from './source-tree.ts';
import type { Declaration } from './syntax/declaration.ts';
import { type ObjectExpression, propertyOf } from './syntax/expression.ts';

/** A tree with one line broken, and the rules of which one must say so in that file. */
export interface Breakage extends Place {
  readonly tree: SourceTree;
  readonly rules: readonly Rule[];
}

/** Every place of a tree in which one kind of mistake can be made, and the tree with it. */
export type Break = (tree: SourceTree) => readonly Breakage[];

/** Properties by another name: the first of every resource, and the first in its `properties`. */
export const renamedProperties: Break = (tree) =>
  objectsIn(modelOf(loadProgram(tree))).flatMap(({ properties: [first] }) =>
    typeof first?.key === 'string'
      ? broken(tree, first.at, new RegExp(`\\b${first.key}(?='?:)`), `${first.key}Renamed`, [
          'property-unknown',
        ])
      : [],
  );

/** Resources with a version that Azure never had. */
export const otherVersions: Break = (tree) =>
  modelOf(loadProgram(tree))
    .resources.filter(({ declaration }) => declaration.type.includes('@'))
    .flatMap(({ declaration: { at } }) =>
      broken(tree, at, /@\d{4}-\d\d-\d\d(-preview)?/, '@2001-02-03', ['version-unknown']),
    );

/** Declarations by another name than the one that their own file uses. */
export const renamedSymbols: Break = (tree) =>
  namesUsedAtHome(modelOf(loadProgram(tree))).flatMap(({ at, kind, name }) =>
    broken(tree, at, new RegExp(`\\b${kind} ${name}\\b`), `${kind} ${name}Renamed`, [
      'function-unknown',
      'symbol-unknown',
      'type-unknown',
    ]),
  );

/** Resources without a name, which every one of them requires. */
export const missingNames: Break = (tree) =>
  modelOf(loadProgram(tree)).resources.flatMap(({ declaration: { body } }) => {
    const name = propertyOf(body, 'name');
    return name !== undefined && isAlone(tree, name.at)
      ? broken(tree, name.at, /.*/, '', ['property-missing'])
      : [];
  });

/** Settings of an app may have any name, so a renamed one is no unknown property. */
function objectsIn({ resources }: Model): readonly ObjectExpression[] {
  return resources.flatMap(({ declaration: { body }, type }) => {
    const inner = propertyOf(body, 'properties')?.value;
    return inner?.kind === 'object' && !type.endsWith('/config') ? [body, inner] : [body];
  });
}

function namesUsedAtHome({ bindings }: Model): readonly Declaration[] {
  const used = [...bindings].flatMap(([{ at }, binding]) =>
    'declaration' in binding && binding.via === undefined && binding.template.file === at.file
      ? [binding.declaration]
      : [],
  );
  return [...new Set(used)];
}

/** Whether a property ends where its line does: the next line begins another one or ends the object. */
function isAlone({ texts }: SourceTree, { file, line }: Place): boolean {
  const [own = '', next = ''] = (texts.get(file) ?? '').split('\n').slice(line - 1, line + 1);
  return /^\s+name: /.test(own) && /^\s*($|\}|\/\/|[\w']+: )/.test(next);
}

function broken(
  tree: SourceTree,
  { file, line }: Place,
  from: RegExp,
  to: string,
  rules: readonly Rule[],
): readonly Breakage[] {
  const lines = (tree.texts.get(file) ?? '').split('\n');
  const text = lines[line - 1] ?? '';
  if (!from.test(text)) throw new TypeError(`${file}:${line} has no ${from}: ${text}`);
  const texts = new Map(tree.texts);
  texts.set(file, lines.with(line - 1, text.replace(from, to)).join('\n'));
  return [{ file, line, rules, tree: { ...tree, texts } }];
}
