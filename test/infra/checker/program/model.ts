import type { Finding } from '../finding.ts';
import type { Declaration, Module, Resource, Template } from '../syntax/declaration.ts';
import type { Expression } from '../syntax/expression.ts';
import type { TypeExpression } from '../syntax/type-expression.ts';
import { bindTemplate } from './bind-template.ts';
import type { Binding } from './binding.ts';
import { type Program, pathFrom } from './program.ts';
import { type PlacedResource, resourcesOf } from './resources.ts';

/** A program in which every name is known to mean something. */
export interface Model {
  readonly program: Program;
  /** What each name, and each member of a namespace, means. */
  readonly bindings: ReadonlyMap<Expression | TypeExpression, Binding>;
  /** The declarations that something refers to. */
  readonly used: ReadonlySet<Declaration>;
  readonly resources: readonly PlacedResource[];
  readonly placed: ReadonlyMap<Resource, PlacedResource>;
  /** Who calls a template as a module, by the template's path. */
  readonly callers: ReadonlyMap<string, readonly Module[]>;
  /** Names that mean nothing. */
  readonly findings: readonly Finding[];
}

/** Finds out what every name of a program means. */
export function modelOf(program: Program): Model {
  const templates = [...program.templates.values()];
  const bound = templates.map((template) => bindTemplate(program, template));
  const resources = templates.flatMap(resourcesOf);
  return {
    program,
    bindings: new Map(bound.flatMap(({ bindings }) => [...bindings])),
    used: new Set(bound.flatMap(({ used }) => [...used])),
    resources,
    placed: new Map(resources.map((resource) => [resource.declaration, resource])),
    callers: callersIn(templates),
    findings: bound.flatMap(({ findings }) => findings),
  };
}

/** The template that a module deploys, or undefined where there is none at that path. */
export function targetOf(
  { program }: Model,
  template: Template,
  { path }: Module,
): Template | undefined {
  return program.templates.get(pathFrom(template, path));
}

function callersIn(templates: readonly Template[]): ReadonlyMap<string, readonly Module[]> {
  const calls = templates.flatMap((template) =>
    template.declarations
      .filter((declaration) => declaration.kind === 'module')
      .map((module) => ({ module, target: pathFrom(template, module.path) })),
  );
  const byTarget = Map.groupBy(calls, ({ target }) => target);
  return new Map(
    [...byTarget].map(([target, group]) => [target, group.map(({ module }) => module)]),
  );
}
