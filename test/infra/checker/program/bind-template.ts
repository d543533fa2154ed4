import type { Finding } from '../finding.ts';
import type { Declaration, Template } from '../syntax/declaration.ts';
import { bindDecorators } from './bind-decorators.ts';
import { bindDeployed, bindExpression } from './bind-expression.ts';
import { bindType } from './bind-type.ts';
import { Binder } from './binder.ts';
import type { Binding, Scope } from './binding.ts';
import type { Program } from './program.ts';
import { symbolsOf } from './symbols.ts';

/** What is known about the names of one template. */
export type Bound = Pick<Binder, 'bindings' | 'used'> & { readonly findings: readonly Finding[] };

/** Finds what every name of a template means. */
export function bindTemplate(program: Program, template: Template): Bound {
  const { bindings, findings } = symbolsOf(program, template);
  const binder = new Binder(template);
  const scope: Scope = (name) => bindings.get(name) ?? namespaces.get(name);
  for (const declaration of template.declarations) {
    bindDecorators(binder, declaration, scope);
    bindDeclaration(binder, declaration, scope);
  }
  return { ...binder, findings: [...findings, ...binder.findings] };
}

const namespaces: ReadonlyMap<string, Binding> = new Map(
  ['az', 'sys'].map((name) => [name, { kind: 'namespace' } as const]),
);

function bindDeclaration(binder: Binder, declaration: Declaration, scope: Scope): void {
  switch (declaration.kind) {
    case 'resource':
    case 'module':
      bindDeployed(binder, declaration, scope);
      break;
    case 'param':
      if (declaration.type !== undefined) bindType(binder, declaration.type, scope);
      bindDefault(binder, declaration, scope);
      break;
    case 'output':
      bindType(binder, declaration.type, scope);
      bindExpression(binder, declaration.value, scope);
      break;
    case 'type':
      bindType(binder, declaration.type, scope);
      break;
    case 'func':
      bindFunction(binder, declaration, scope);
      break;
    case 'var':
    case 'metadata':
      bindExpression(binder, declaration.value, scope);
      break;
    case 'import':
      break;
  }
}

/** A default may use other parameters; everything else is not known yet. */
function bindDefault(
  binder: Binder,
  { type, value }: Declaration & { readonly kind: 'param' },
  scope: Scope,
): void {
  if (value === undefined) return;
  const known: Scope = (name) => {
    const binding = scope(name);
    const tooLate = binding !== undefined && ['var', 'resource', 'module'].includes(binding.kind);
    if (!tooLate || type === undefined) return binding;
    binder.find(value.at, 'default-too-early', `a default cannot use ${name}, which is computed.`);
    return { kind: 'anything' };
  };
  bindExpression(binder, value, known);
}

function bindFunction(
  binder: Binder,
  { parameters, returns, body }: Declaration & { readonly kind: 'func' },
  scope: Scope,
): void {
  for (const { type } of parameters) bindType(binder, type, scope);
  bindType(binder, returns, scope);
  const names = new Map<string, Binding>(
    parameters.map(({ name, type }) => [name, { kind: 'argument', type }]),
  );
  bindExpression(binder, body, (name) => names.get(name) ?? functionScope(scope, name));
}

/** A function knows its own parameters, other functions, variables and namespaces. */
function functionScope(scope: Scope, name: string): Binding | undefined {
  const binding = scope(name);
  return binding?.kind === 'param' ? undefined : binding;
}
