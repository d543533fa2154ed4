import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import { isParameterFile } from '../program/program.ts';
import type { Declaration } from '../syntax/declaration.ts';

/** Finds parameters, variables, types, functions, imports and existing resources that nothing uses. */
export function* checkUnused({ program, used, resources }: Model): Generator<Finding> {
  for (const template of program.templates.values()) {
    for (const declaration of template.declarations) {
      if (used.has(declaration) || !canBeUnused(declaration)) continue;
      if (declaration.kind === 'param' && isParameterFile(template)) continue;
      const { at, kind, name } = declaration;
      yield found(at, 'unused', `nothing uses the ${kind} ${name}.`);
    }
  }
  for (const { declaration } of resources) {
    const { at, existing, body, name } = declaration;
    if (!existing || used.has(declaration) || body.resources.length > 0) continue;
    yield found(at, 'unused', `nothing uses the existing resource ${name}.`);
  }
}

function canBeUnused({ kind }: Declaration): boolean {
  return ['param', 'var', 'type', 'func', 'import'].includes(kind);
}
