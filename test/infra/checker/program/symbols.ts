import { type Finding, found } from '../finding.ts';
import { suggestion } from '../suggest.ts';
import type { Declaration, Import, Template } from '../syntax/declaration.ts';
import { decoratorOf } from '../syntax/decorator.ts';
import type { Binding } from './binding.ts';
import { type Program, pathFrom } from './program.ts';

/** What the names of a template mean in all of it. */
export interface Symbols {
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly findings: readonly Finding[];
}

/** Reads the names that a template declares or imports; outputs and metadata are no names. */
export function symbolsOf(program: Program, template: Template): Symbols {
  const bindings = new Map<string, Binding>();
  const findings: Finding[] = [];
  for (const declaration of template.declarations) {
    if (declaration.kind === 'output' || declaration.kind === 'metadata') continue;
    if (bindings.has(declaration.name)) {
      findings.push(found(declaration.at, 'duplicate', `${declaration.name} is declared twice.`));
    }
    const binding = bindingOf(program, template, declaration);
    if (binding !== undefined) bindings.set(declaration.name, binding);
    else findings.push(importFinding(program, template, declaration));
  }
  findings.push(...duplicateOutputs(template));
  return { bindings, findings };
}

function* duplicateOutputs({ declarations }: Template): Generator<Finding> {
  const seen = new Set<string>();
  for (const { kind, name, at } of declarations) {
    if (kind !== 'output') continue;
    if (seen.has(name)) yield found(at, 'duplicate', `${name} is an output twice.`);
    seen.add(name);
  }
}

function bindingOf(
  program: Program,
  template: Template,
  declaration: Declaration,
): Binding | undefined {
  switch (declaration.kind) {
    case 'import':
      return imported(program, template, declaration);
    case 'param':
      return { kind: 'param', declaration, template };
    case 'var':
      return { kind: 'var', declaration, template };
    case 'resource':
      return { kind: 'resource', declaration, template };
    case 'module':
      return { kind: 'module', declaration, template };
    case 'type':
      return { kind: 'type', declaration, template };
    case 'func':
      return { kind: 'func', declaration, template };
    default:
      return undefined;
  }
}

function imported(program: Program, template: Template, via: Import): Binding | undefined {
  const target = program.templates.get(pathFrom(template, via.path));
  if (target === undefined) return undefined;
  if (via.original === undefined) return { kind: 'namespace', template: target, via };
  const binding = exported(target, via.original);
  return binding === undefined ? undefined : { ...binding, via };
}

/** What a template can give to other files. */
type Exported = Binding & { readonly kind: 'var' | 'type' | 'func' };

/** What another file may import of a template under this name. */
export function exported(template: Template, name: string): Exported | undefined {
  const declaration = exportsOf(template).find((one) => one.name === name);
  if (declaration?.kind === 'var') return { kind: 'var', declaration, template };
  if (declaration?.kind === 'type') return { kind: 'type', declaration, template };
  return declaration?.kind === 'func' ? { kind: 'func', declaration, template } : undefined;
}

/** The declarations of a template that carry `@export()`. */
export function exportsOf({ declarations }: Template): readonly Declaration[] {
  return declarations.filter((declaration) => decoratorOf(declaration, 'export') !== undefined);
}

function importFinding(
  program: Program,
  template: Template,
  { at, ...rest }: Declaration,
): Finding {
  if (rest.kind !== 'import') throw new TypeError(`${rest.kind} ${rest.name} has no meaning`);
  const target = program.templates.get(pathFrom(template, rest.path));
  if (target === undefined) return found(at, 'file-missing', `${rest.path} is no template here.`);
  const names = exportsOf(target).map(({ name }) => name);
  const text = `${rest.path} exports no ${rest.original}.${suggestion(rest.original ?? '', names)}`;
  return found(at, 'import-unknown', text);
}
